/** The options of the command `conformance`. */
import type { ConnectionFlags } from '../connection/connection-options.ts'

/** The options as the command line gives them. */
export interface ConformanceFlags extends ConnectionFlags {
  readonly goodTokenFile?: string
  readonly endedTokenFile?: string
  readonly hostIsMine?: readonly string[]
  readonly junit?: string
  readonly maxRequests: number
  readonly state?: string
}
