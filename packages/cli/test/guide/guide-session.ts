/** A terminal session in memory: one server at a time, and files that the commands share. */
import { run } from '../../src/run.ts'
import { memorySurroundings, type MemorySurroundings } from '../memory-surroundings.ts'

/** The port that the guide shows. The real one is any free one. */
const SHOWN_PORT = '9000'
const SERVER_COMMANDS = new Set(['issue', 'list', 'revoke'])

/** A session. */
export interface GuideSession {
  readonly run: (command: string) => Promise<string>
  readonly end: () => Promise<void>
}

/** Files that take the place of standard input and output. */
interface Redirections {
  readonly input: string | undefined
  readonly output: string | undefined
}

/** Starts a session. */
export function startSession(): GuideSession {
  let server: { readonly surroundings: MemorySurroundings; readonly ended: Promise<number> } | undefined
  let port = ''
  let exitCode = 0
  const files = new Map<string, string>()
  const environment: Record<string, string> = {}

  async function serve(args: readonly string[]): Promise<string> {
    await stop()
    const surroundings = memorySurroundings({ files: Object.fromEntries(files) })
    server = { surroundings, ended: run(['serve', '--port', '0', ...args], surroundings) }
    while (surroundings.out() + surroundings.err() === '') await new Promise(setImmediate)
    port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(surroundings.out())?.[1] ?? ''
    for (const [path, text] of surroundings.kept) files.set(path, text)
    return surroundings.out() + surroundings.err()
  }

  async function command(args: readonly string[], { input, output }: Redirections): Promise<string> {
    const stdin = input === undefined ? {} : { stdin: files.get(input) ?? '' }
    const surroundings = memorySurroundings({ files: Object.fromEntries(files), environment, ...stdin })
    const atPort = SERVER_COMMANDS.has(args[0] ?? '') ? ['--port', port] : []
    exitCode = await run([...args, ...atPort], surroundings)
    if (output === undefined) return surroundings.out() + surroundings.err()
    files.set(output, surroundings.out())
    return surroundings.err()
  }

  /** `…` stands for the secret that the server has just made up. */
  function setVariable(name: string, value: string): string {
    const secret = /secret +(\S+)/.exec(server?.surroundings.out() ?? '')?.[1] ?? ''
    environment[name] = value.replace('…', secret).replace(`:${SHOWN_PORT}`, `:${port}`)
    return ''
  }

  async function stop(): Promise<void> {
    server?.surroundings.interrupt()
    await server?.ended
    server = undefined
  }

  return {
    async run(line) {
      if (line === 'echo $?') return `${exitCode}\n`
      const [, variable, value = ''] = /^export (\w+)=(\S+)$/.exec(line) ?? []
      if (variable !== undefined) return setVariable(variable, value)
      const [, text = '', input, output] = /^token-introspection ([^<>]+?)(?: < (\S+))?(?: > (\S+))?$/.exec(line) ?? []
      const args = text.replace(`:${SHOWN_PORT}`, `:${port}`).split(' ')
      const shown = args[0] === 'serve' ? await serve(args.slice(1)) : await command(args, { input, output })
      return shown.replaceAll(` --port ${port}`, '').replaceAll(`:${port}`, `:${SHOWN_PORT}`)
    },
    end: stop,
  }
}
