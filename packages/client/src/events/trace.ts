/** How far a call came, noted by the spine for whoever listens. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { AnswerSource } from './events.ts'
import type { Inactivity } from '../result/inactive.ts'

/** The notes of one call. */
export interface Trace {
  source: AnswerSource
  /** What the answer is kept by, once it is known. */
  key: MaybePromise<string> | undefined
  /** Why the token is inactive, once that is known. */
  inactivity: Inactivity | undefined
}

/** For a call that begins. */
export function startTrace(): Trace {
  return { source: 'unasked', key: undefined, inactivity: undefined }
}
