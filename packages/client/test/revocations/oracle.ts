/**
 * Compares every decision with what the database has at that moment.
 *
 * 1. A bound that is `proven`: the database has no revocation of the token, and no change of its record, that was durable
 *    longer ago than `boundSeconds`, and that the answer does not know of.
 * 2. A bound that is `assumed`: the request for the answer was not sent longer ago than `boundSeconds`.
 * 3. `notOlderThan`: no event up to the named one is about the token, unless the answer knows of it.
 * 4. No answer in memory or in a store is used if the process has applied an event since that is about its token.
 * 5. An answer in memory is used for at most its lifetime: active ones `maxAgeWhileConnectedSeconds`, inactive ones
 *    `inactiveMaxAgeSeconds`.
 *
 * `boundSeconds` has one percent for the clock already. No clock of the simulation is more than one percent wrong, except
 * by steps and sleep. Setting the wall clock back while the monotonic clock stands still cannot be noticed: no machine of
 * the simulation does both.
 *
 * A lost tail: when a failover or a restored snapshot loses the last writes, a revocation among them is gone. From then on
 * the authorization server itself says that the token is active, so a client may accept it, also for a call with
 * `notOlderThan` that names the lost event. Nothing else is excused: a client that had applied lost events must still be in
 * time with every revocation that the database has kept or gets afterwards.
 */
import { type FoundAnswer, LIMITS } from './client-engine.ts'
import type { SimulatedDatabase, Revocation } from './simulated-database.ts'
import type { SimulatedToken } from './simulated-tokens.ts'

/** How far clocks may be off: what a clock shows may be one percent too short. */
const RATE = 1.01

/** The grain of the wall clock. */
const GRAIN_MS = 1.01

/** What the simulation knows of an answer. */
export interface AnswerFacts {
  /** When its request was sent, in true milliseconds. */
  readonly askedAtMs: number
  /** It names the keys of the events that can make it void. */
  readonly hasKeys: boolean
}

export interface Decision extends AnswerFacts {
  readonly process: number
  readonly token: SimulatedToken
  readonly found: FoundAnswer
  /** The answer came for the call; or it was in memory; or in a store that processes share, so that its age is unknown. */
  readonly state: 'fresh' | 'remembered' | 'shared'
  /** When the call looked into the cache. */
  readonly recalledAtMs: number
  /** When somebody last set the clock of the process back. */
  readonly setBackAtMs: number
  /** The revocation that the call had to know of. */
  readonly notOlderThan: Revocation | undefined
  /** Which events the process has applied since its start. */
  readonly applied: ReadonlySet<Revocation>
}

/** What a decision did wrong; `undefined` if nothing. */
export function judgeDecision(decision: Decision, nowMs: number, database: SimulatedDatabase): string | undefined {
  const { token, found, askedAtMs, state } = decision
  const trueAgeMs = nowMs - askedAtMs
  if (!found.active) {
    // The check of the application may take its time: late refusals let nobody in.
    const ageMs = decision.recalledAtMs - askedAtMs
    // The age of refusals is taken from the wall clock alone, for the same reason.
    if (state !== 'remembered' || decision.setBackAtMs >= askedAtMs) return undefined
    const isLate = ageMs > LIMITS.inactiveMaxAge * 1000 * RATE + GRAIN_MS
    return isLate ? `refused ${token.name} by an answer of ${seconds(ageMs)}` : undefined
  }
  for (const revocable of token.revocables) {
    const revocation = database.revocationOf(revocable)
    const fault = revocation && judgeAgainst(revocation, decision, nowMs)
    if (fault !== undefined) return fault
  }
  for (const save of database.savesSince(token, found.version)) {
    const fault = judgeAgainst(save, decision, nowMs)
    if (fault !== undefined) return fault
  }
  const boundMs = found.liveness.boundSeconds * 1000
  if (found.liveness.bound === 'assumed' && state !== 'shared' && trueAgeMs > boundMs + GRAIN_MS) {
    return `accepted ${token.name} by an answer of ${seconds(trueAgeMs)}, and stated ${seconds(boundMs)}`
  }
  if (state === 'remembered' && trueAgeMs > LIMITS.maxAgeWhileConnected * 1000 * RATE + GRAIN_MS) {
    return `accepted ${token.name} by an answer of ${seconds(trueAgeMs)}`
  }
  return undefined
}

/** What is wrong with accepting a token of which the database has this revocation, or this change. */
function judgeAgainst(revocation: Revocation, decision: Decision, nowMs: number): string | undefined {
  const { token, found, state, hasKeys, notOlderThan, applied } = decision
  const { liveness } = found
  const lateMs = nowMs - revocation.durableAtMs
  const what = `accepted ${token.name}, whose ${revocation.revocable.kind} was revoked ${seconds(lateMs)} before`
  const boundMs = liveness.boundSeconds * 1000
  if (liveness.bound === 'proven' && lateMs > boundMs + GRAIN_MS) return `${what}, and stated ${seconds(boundMs)}`
  if (hasKeys && (state !== 'fresh' || liveness.bound === 'proven') && applied.has(revocation)) {
    return `${what}, though the event had arrived`
  }
  if (notOlderThan !== undefined && isAtMost(revocation, notOlderThan)) return `${what}, though the call named it`
  return undefined
}

/** Whether one is no later in the log than the other. */
function isAtMost(revocation: Revocation, named: Revocation): boolean {
  if (revocation === named) return true
  const { logged } = revocation
  const { logged: limit } = named
  if (logged === undefined || limit === undefined) return false
  return logged.log === limit.log ? logged.index <= limit.index : logged.log < limit.log
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`
}
