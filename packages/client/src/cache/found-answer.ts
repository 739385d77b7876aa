/** Step `cache`: the answer of a request, for every call that waits for it. */
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { LivenessRecord, LivenessSource } from '../revocations/liveness.ts'
import { noteLiveness } from '../revocations/note-liveness.ts'
import type { ReadAnswer } from '../revocations/read-answer.ts'
import { momentOf, msSince } from '../revocations/revocation-clock.ts'
import type { RevocationsStep } from '../revocations/revocations-step.ts'

/** An answer and how old it is. */
export interface FoundAnswer {
  readonly result: IntrospectionResult
  /** When its request began, in milliseconds since the epoch. */
  readonly askedAtMs: number
  /** Whether it was made from a JWT, without a request. */
  readonly isLocal: boolean
  /** Where it was read, when the client follows a feed. */
  readonly read: ReadAnswer | undefined
  /** How old the answer may be by the scope of the token; infinite without such a limit, `undefined` without a cache. */
  readonly maxAgeSeconds: number | undefined
}

/** Whether a call may use the answer of a request that began earlier: the scope of the token may allow less than the call. */
export function mayJoin({ maxAgeSeconds = Number.POSITIVE_INFINITY }: FoundAnswer, ageMs: number): boolean {
  return maxAgeSeconds === Number.POSITIVE_INFINITY || ageMs < maxAgeSeconds * 1000
}

/** Says how late a revocation can be for a call that uses the answer now. */
export function noteFound(
  liveness: LivenessRecord,
  { read, askedAtMs, isLocal }: FoundAnswer,
  origin: LivenessSource,
  { revocations, nowMs }: { readonly revocations: RevocationsStep | undefined; readonly nowMs: () => number },
): void {
  const source = isLocal && origin === 'endpoint' ? 'local' : origin
  if (read === undefined || revocations === undefined) {
    const ageMs = Math.max(0, nowMs() - askedAtMs)
    if (isLocal) liveness.noteLocal(source, ageMs)
    else liveness.note(source, ageMs)
    return
  }
  const { feed } = revocations
  liveness.noteSlots(() => read.slots)
  noteLiveness(liveness, source, msSince(read.askedAt, momentOf(feed.clock)), read.holds(), feed, isLocal)
}
