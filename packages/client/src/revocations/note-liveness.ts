/** Says how late a revocation can be for an answer that is about to be used. */
import type { LivenessRecord, LivenessSource } from './liveness.ts'
import type { FollowedFeed } from './revocations-step.ts'

/** @param isProven - whether the answer holds as far as the feed is known. */
export function noteLiveness(
  liveness: LivenessRecord,
  source: LivenessSource,
  ageMs: number,
  isProven: boolean,
  { state, bound }: FollowedFeed,
): void {
  if (isProven && state.isWithinLease()) liveness.noteKnown(source, ageMs, state.knownMs(), bound)
  else liveness.note(source, ageMs)
}
