/** Runs another program. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** The result of a program. */
export interface Run {
  readonly ok: boolean
  /** Its output and error output. */
  readonly output: string
}

/** Runs a program to its end, with no input. */
export function runCommand(command: string, args: readonly string[], cwd: string): Run {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
  if (error !== undefined) return { ok: false, output: `${command}: ${error.message}` }
  return { ok: status === 0, output: `${stdout}${stderr}`.trim() }
}

/** Runs a program beside other work. */
export async function startCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  try {
    const [status] = (await once(child, 'close')) as [number | null]
    return { ok: status === 0, output: output.trim() }
  } catch (error) {
    return { ok: false, output: `${command}: ${(error as Error).message}` }
  }
}

/** Runs a program that must succeed. @throws Error with its output. */
export function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { ok, output } = runCommand(command, args, cwd)
  if (!ok) throw new Error(`${[command, ...args].join(' ')} failed:\n${output}`)
  return output
}
