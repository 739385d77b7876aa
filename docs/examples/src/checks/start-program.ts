/** Starts a program of an example in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A running program. */
export interface StartedProgram {
  /** The first line that it printed, such as its address. */
  readonly line: string
  /** Sends SIGTERM and waits for the end. @throws Error when the program ends otherwise: with a code, or by another signal. */
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
  const ended = once(child, 'exit').then(([code, signal]: (string | number | null)[]) => {
    process.off('exit', kill)
    return code ?? signal
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
      // Some frameworks clean up, and then end by the signal.
      if (code !== 0 && code !== 'SIGTERM') throw new Error(`${program.pathname} ended with ${code}`)
    },
  }
}
