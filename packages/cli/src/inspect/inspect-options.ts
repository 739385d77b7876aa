/** The options of the command `inspect`. */
import type { ConnectionFlags } from '../connection/connection-options.ts'

/** The options as the command line gives them. */
export interface InspectFlags extends ConnectionFlags {
  readonly tokenFile?: string
  readonly hint?: string
  readonly audience?: readonly string[]
  readonly scope?: string
  readonly tokenIssuer?: string
  readonly acr?: readonly string[]
  readonly maxAge?: number
}
