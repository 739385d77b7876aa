/** The rules of the client in their plainest form: maps without limits. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import type { RevocationClock } from '../../src/revocations/revocation-clock.ts'
import {
  type ClientEngine,
  type FoundAnswer,
  type Judge,
  LIMITS,
  type NotedQuestion,
  type NotedReading,
  type SimulatedResponse,
} from './client-engine.ts'

/** Elapsed time counts as one percent more than a clock shows. */
const DRIFT = 1.01

interface Moment {
  readonly wallMs: number
  readonly elapsedMs: number
}

/** An answer: first on its way, then kept. */
export interface NaiveAnswer extends NotedReading {
  readonly asked: Moment
  /** Up to which event the answer is known to hold. */
  sequence: number
  response: SimulatedResponse | undefined
  /** The server has read it after the event of {@link NaiveAnswer.sequence}. */
  isProven: boolean
  isForeign: boolean
}

interface SharedEntry {
  readonly response: SimulatedResponse
  readonly askedAtMs: number
  readonly readAt: string | undefined
}

/** What naive clients share. */
export type SharedEntries = Map<string, SharedEntry>

export class NaiveEngine implements ClientEngine {
  position: string | undefined
  #sequence = 0
  #floor = 0
  #knownAsOf: Moment | undefined
  readonly #touched = new Map<string, number>()
  /** The events applied since the last gap, and the position at which it ended. */
  readonly #applied = new Map<string, number>()
  readonly #answers = new Map<string, NaiveAnswer>()
  readonly #clock: RevocationClock
  readonly #shared: SharedEntries | undefined

  constructor(clock: RevocationClock, shared: SharedEntries | undefined) {
    this.#clock = clock
    this.#shared = shared
  }

  append(events: readonly RevocationEvent[]): boolean {
    for (const { key, position, previous } of events) {
      if (this.position === undefined || previous !== this.position) return false
      this.#sequence += 1
      this.#touched.set(key, this.#sequence)
      this.#applied.set(position, this.#sequence)
      this.position = position
    }
    return true
  }

  beginQuestion(): NotedQuestion {
    const asked = this.#now()
    const after = this.position
    return { after, answer: (page) => this.#answer(after, asked, page) }
  }

  beginReading(notOlderThan: string | undefined): NaiveAnswer {
    const sequence =
      notOlderThan === undefined ? this.#sequence : Math.min(this.#sequence, this.#applied.get(notOlderThan) ?? 0)
    const position = notOlderThan ?? this.position
    return { position, sequence, asked: this.#now(), response: undefined, isProven: false, isForeign: false }
  }

  take(reading: NotedReading, response: SimulatedResponse): void {
    const answer = reading as NaiveAnswer
    answer.response = response
    answer.isProven = this.isConfirmed(answer) && this.#applied.has(answer.position ?? '')
  }

  isVoid(reading: NotedReading): boolean {
    return this.#isTouched(reading as NaiveAnswer)
  }

  isConfirmed(reading: NotedReading): boolean {
    const { position, response } = reading as NaiveAnswer
    return position !== undefined && response?.read_at === position
  }

  keep(token: string, reading: NotedReading): void {
    const answer = reading as NaiveAnswer
    const { response, asked, isProven, position } = answer
    if (response === undefined || (response.active && this.#isTouched(answer))) this.#delete(token)
    else if (this.#shared === undefined) this.#answers.set(token, answer)
    else this.#shared.set(token, { response, askedAtMs: asked.wallMs, readAt: isProven ? position : undefined })
  }

  use(reading: NotedReading): FoundAnswer {
    const { response, asked } = reading as NaiveAnswer
    const { active, serial, version = 0 } = response as SimulatedResponse
    const knownMs = this.#holds(reading as NaiveAnswer) ? this.#sinceMs(this.#knownAsOf) : Number.POSITIVE_INFINITY
    const isWithinLease = knownMs * DRIFT < LIMITS.lease * 1000
    const ageSeconds = this.#sinceMs(asked) / 1000
    const boundSeconds = (isWithinLease ? knownMs / 1000 : ageSeconds) * DRIFT
    const bound = isWithinLease ? 'proven' : 'assumed'
    return { active, serial, version, liveness: { boundSeconds, bound, ageSeconds } }
  }

  recall(
    token: string,
    notOlderThan: string | undefined,
    judge: Judge | undefined,
    done: (found: FoundAnswer | undefined) => void,
  ): void {
    const answer = this.#shared === undefined ? this.#answers.get(token) : this.#recallShared(token)
    if (answer === undefined || !this.#isUsable(answer, notOlderThan)) done(undefined)
    else if (judge === undefined) done(this.use(answer))
    else judge(() => done(this.#isUsable(answer, notOlderThan) ? this.use(answer) : undefined))
  }

  #recallShared(token: string): NaiveAnswer | undefined {
    const entry = this.#shared?.get(token)
    if (entry === undefined) return undefined
    const { response, askedAtMs, readAt } = entry
    const ageMs = this.#clock.nowMs() - askedAtMs
    if (!(ageMs >= 0)) return undefined
    const asked = { wallMs: askedAtMs, elapsedMs: this.#clock.elapsedMs() - ageMs }
    const sequence = readAt === undefined ? undefined : this.#applied.get(readAt)
    return {
      asked,
      sequence: sequence ?? 0,
      position: readAt,
      response,
      isProven: sequence !== undefined,
      isForeign: true,
    }
  }

  #isUsable(answer: NaiveAnswer, notOlderThan: string | undefined): boolean {
    const ageMs = this.#sinceMs(answer.asked)
    if (answer.response?.active !== true) {
      return notOlderThan === undefined && ageMs < LIMITS.inactiveMaxAge * 1000
    }
    if (this.#isTouched(answer)) return false
    const holds = this.#holds(answer)
    if (holds && !answer.isForeign) answer.sequence = this.#sequence
    if (notOlderThan !== undefined && !(holds && this.#applied.has(notOlderThan))) return false
    // The store that processes share takes ages from the wall clock alone, as they are.
    const countedMs = answer.isForeign ? ageMs : ageMs * DRIFT
    if (countedMs < LIMITS.maxAge * 1000) return true
    const isWithinLease = this.#sinceMs(this.#knownAsOf) * DRIFT < LIMITS.lease * 1000
    return holds && isWithinLease && countedMs < LIMITS.maxAgeWhileConnected * 1000
  }

  /** An answer without proof may have been read before any event. */
  #isTouched({ response, isProven, sequence }: NaiveAnswer): boolean {
    const since = isProven ? sequence : 0
    return (response?.revocation_keys ?? []).some((key) => (this.#touched.get(key) ?? 0) > since)
  }

  #holds(answer: NaiveAnswer): boolean {
    return answer.isProven && answer.sequence >= this.#floor && !this.#isTouched(answer)
  }

  #delete(token: string): void {
    this.#answers.delete(token)
    this.#shared?.delete(token)
  }

  #answer(after: string | undefined, asked: Moment, page: RevocationPage): void {
    if (after === this.position) {
      if (page.gap || after === undefined) this.#begin(page.position)
      else this.append(page.events)
    }
    if (page.more || !this.#applied.has(page.position)) return
    if (this.#sinceMs(asked) < this.#sinceMs(this.#knownAsOf)) this.#knownAsOf = asked
  }

  /** A gap ends here, or the feed begins. */
  #begin(position: string): void {
    this.position = position
    this.#sequence += 1
    this.#floor = this.#sequence
    this.#knownAsOf = undefined
    this.#applied.clear()
    this.#applied.set(position, this.#sequence)
  }

  #now(): Moment {
    return { wallMs: this.#clock.nowMs(), elapsedMs: this.#clock.elapsedMs() }
  }

  #sinceMs(moment: Moment | undefined): number {
    if (moment === undefined) return Number.POSITIVE_INFINITY
    return Math.max(this.#clock.nowMs() - moment.wallMs, this.#clock.elapsedMs() - moment.elapsedMs)
  }
}
