/** SPINE: arguments in, exit code out. */
import { EXIT, type ExitCode } from './exit-code.ts'
import { createProgram } from './program/create-program.ts'
import { reportError } from './program/report-error.ts'
import { refuseSecretArguments } from './secrets/secret-arguments.ts'
import type { Surroundings } from './surroundings/surroundings.ts'
import { createTerminal } from './terminal/terminal.ts'

/** Runs one command. It never rejects. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.good
  const finish = (code: ExitCode): void => {
    exitCode = code
  }
  try {
    refuseSecretArguments(args)
    await createProgram({ surroundings, finish }).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // The arguments may not have been understood, so they are looked at as they are.
    return reportError(error, createTerminal(surroundings, { isJson: args.includes('--json') }))
  }
}
