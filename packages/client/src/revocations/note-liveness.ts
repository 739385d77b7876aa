/** Says how late a revocation can be for an answer that is about to be used. */
import type { LivenessRecord, LivenessSource } from './liveness.ts'
import type { FollowedFeed } from './revocations-step.ts'

/**
 * @param isProven - whether the answer holds as far as the feed is known.
 * @param isLocal - whether it was made from a JWT. Its age then says nothing about revocations. The client makes the keys of
 * a JWT itself and may lack one, so a feed that gives proof gives none about it.
 */
export function noteLiveness(
  liveness: LivenessRecord,
  source: LivenessSource,
  ageMs: number,
  isProven: boolean,
  { state, bound }: FollowedFeed,
  isLocal: boolean,
): void {
  const boundNow = isLocal ? 'assumed' : bound
  if (isProven && state.isWithinLease()) liveness.noteKnown(source, ageMs, state.knownMs(), boundNow)
  else if (isLocal) liveness.noteLocal(source, ageMs)
  else liveness.note(source, ageMs)
}
