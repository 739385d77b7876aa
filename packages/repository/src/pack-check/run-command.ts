/** Runs another program. */
import { spawnSync } from 'node:child_process'

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

/** Runs a program that must succeed. @throws Error with its output. */
export function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { ok, output } = runCommand(command, args, cwd)
  if (!ok) throw new Error(`${[command, ...args].join(' ')} failed:\n${output}`)
  return output
}
