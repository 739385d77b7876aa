/** Notes of the spine about a call, for its events. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { AnswerSource } from './events.ts'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { Inactivity } from '../result/inactive.ts'

/** The notes of one call. */
export interface Trace {
  source: AnswerSource
  /** The key of the answer in the cache, once it is known. */
  key: MaybePromise<string> | undefined
  /** Why the token is inactive, once that is known. */
  inactivity: Inactivity | undefined
  /** How late a revocation can be. */
  liveness: LivenessRecord | undefined
}

/** The trace of a new call. */
export function startTrace(): Trace {
  return { source: 'unasked', key: undefined, inactivity: undefined, liveness: undefined }
}
