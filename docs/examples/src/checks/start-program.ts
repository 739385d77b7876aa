/** Starts a program of an example in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A running program. */
export interface StartedProgram {
  /** The first line that it printed, such as its address. */
  readonly line: string
  /** Sends SIGTERM and waits for the end. @throws Error when the program ends with another code than 0. */
  stop(): Promise<void>
}

/** Starts a program, and waits for its first line. It also ends with this process. @throws Error when it ends before. */
export async function startProgram(
  program: URL,
  environment: Readonly<Record<string, string>>,
): Promise<StartedProgram> {
  const child = spawn(process.execPath, [fileURLToPath(program)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit').then(([code]) => {
    process.off('exit', kill)
    return code as number | null
  })
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => text as string),
    ended.then((code) => {
      throw new Error(`${program.pathname} ended with ${code}`)
    }),
  ])
  return {
    line,
    async stop() {
      child.kill('SIGTERM')
      const code = await ended
      if (code !== 0) throw new Error(`${program.pathname} ended with ${code}`)
    },
  }
}
