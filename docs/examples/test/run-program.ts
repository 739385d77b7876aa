/** Runs an example as the README says. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** How to run a program, and what else it writes. */
export interface ProgramRun {
  /** How many values the program compares. */
  readonly comparisons: number
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** What it writes to stderr. Default: nothing. */
  readonly stderr?: string | RegExp
}

/** Runs a program of `src`. It must end with 0, and every value that it compares must be as expected. @returns its output. */
export async function runProgram(path: string, run: ProgramRun): Promise<string> {
  const { comparisons, environment, stderr = '' } = run
  const program = fileURLToPath(new URL(`../src/${path}`, import.meta.url))
  const env = { ...process.env, ...environment }
  const found = await new Promise((resolve) => {
    execFile(process.execPath, [program], { env }, (error, output, errorOutput) =>
      resolve({ code: error === null ? 0 : error.code, stdout: output, stderr: errorOutput }),
    )
  })
  const stdout: unknown = expect.stringMatching(
    new RegExp(`^(✔ .*\\n){${comparisons}}${comparisons} of ${comparisons} as expected\\n$`),
  )
  const errors: unknown = typeof stderr === 'string' ? stderr : expect.stringMatching(stderr)
  // All that it wrote, because the difference shows its beginning alone.
  expect(found, JSON.stringify(found, undefined, 2)).toEqual({ code: 0, stdout, stderr: errors })
  return (found as { stdout: string }).stdout
}
