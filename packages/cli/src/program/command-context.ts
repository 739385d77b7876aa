/** What commands get to do their work, and where they leave their exit code. */
import type { ExitCode } from '../exit-code.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'

/** The context of the commands of one run. */
export interface CommandContext {
  readonly surroundings: Surroundings
  /** Ends the run with this code when the command is done. */
  readonly finish: (code: ExitCode) => void
}
