/** The options of the command `doctor`. */
import type { ConnectionFlags } from '../connection/connection-options.ts'

/** The options as the command line gives them. */
export interface DoctorFlags extends ConnectionFlags {
  readonly config?: string
  readonly tokenFile?: string
  readonly revoked?: boolean
  readonly hint?: string
  readonly signedAnswers?: boolean
  readonly audience?: readonly string[]
  readonly scope?: string
  readonly deadline: number
}
