/** Every rule taken out: clients and servers that must fail in the simulation. Nothing of this is in the published code. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import type { CacheEntry } from '../../src/cache/cache-store.ts'
import { type Moment, momentOf, type RevocationClock } from '../../src/revocations/revocation-clock.ts'
import {
  type PageOutcome,
  type RevocationQuestion,
  RevocationState,
  type RevocationStateSettings,
} from '../../src/revocations/revocation-state.ts'
import { type FoundAnswer, type Judge, LIMITS, type NotedReading, type SimulatedResponse } from './client-engine.ts'
import { RealEngine, type RealReading, SharedStore } from './real-engine.ts'
import { EPOCH_MS } from './simulated-clock.ts'
import type { CallParts, Parts, ServerParts } from './parts.ts'
import { realParts } from './sound-parts.ts'

export interface Mutation {
  /** What is wrong. */
  readonly name: string
  readonly parts: Parts
  /** Within how many histories the simulation finds it. */
  readonly within: number
}

const NOTHING: Omit<RevocationPage, 'position'> = { events: [], gap: false, more: false }

/** A clock that can be told what to say. */
class HeldClock implements RevocationClock {
  held: Moment | undefined
  readonly #clock: RevocationClock

  constructor(clock: RevocationClock) {
    this.#clock = clock
  }

  readonly nowMs = (): number => this.held?.wallMs ?? this.#clock.nowMs()
  readonly elapsedMs = (): number => this.held?.elapsedMs ?? this.#clock.elapsedMs()
}

/** A state that can be asked as if at another time. */
class HeldState extends RevocationState {
  protected readonly held: HeldClock

  constructor(settings: RevocationStateSettings) {
    const held = new HeldClock(settings.clock)
    super({ ...settings, clock: held })
    this.held = held
  }

  /** A page counts as the answer to a question of then, whatever the client has applied since. */
  protected take(page: RevocationPage, askedAt: Moment): PageOutcome {
    this.held.held = askedAt
    const question = super.beginQuestion()
    this.held.held = undefined
    return question.answer(page)
  }
}

function withState(State: new (settings: RevocationStateSettings) => RevocationState): Parts {
  return realParts(
    class extends RealEngine {
      protected override createState(settings: RevocationStateSettings): RevocationState {
        return new State(settings)
      }
    },
  )
}

class NoChainState extends RevocationState {
  override append(events: readonly RevocationEvent[]): boolean {
    for (const event of events) {
      if (this.position === undefined) return false
      super.append([{ ...event, previous: this.position }])
    }
    return true
  }
}

class AnyPageState extends HeldState {
  override beginQuestion(): RevocationQuestion {
    const askedAt = momentOf(this.held)
    const question = super.beginQuestion()
    const answer = (page: RevocationPage): PageOutcome => {
      if (question.after === this.position || question.after === undefined || page.gap) return question.answer(page)
      for (const event of page.events) super.append([{ ...event, previous: this.position ?? '' }])
      return this.take({ ...NOTHING, more: page.more, position: this.position ?? '' }, askedAt)
    }
    return { ...question, answer }
  }
}

class AnyGapState extends HeldState {
  override beginQuestion(): RevocationQuestion {
    const askedAt = momentOf(this.held)
    const question = super.beginQuestion()
    const answer = (page: RevocationPage): PageOutcome => {
      const isTied = question.after === this.position
      if (isTied || !(page.gap || question.after === undefined)) return question.answer(page)
      const { knownAsOf } = this
      this.take({ ...page, gap: true }, askedAt)
      return this.take({ ...NOTHING, position: page.position }, knownAsOf)
    }
    return { ...question, answer }
  }
}

class NoFloorState extends RevocationState {
  override isUnbroken(): boolean {
    return true
  }
}

class LateQuestionState extends RevocationState {
  override beginQuestion(): RevocationQuestion {
    const question = super.beginQuestion()
    const answer = (page: RevocationPage): PageOutcome =>
      question.after === this.position ? super.beginQuestion().answer(page) : question.answer(page)
    return { ...question, answer }
  }
}

class FirstPageState extends RevocationState {
  override beginQuestion(): RevocationQuestion {
    const question = super.beginQuestion()
    return { ...question, answer: (page) => question.answer({ ...page, more: false }) }
  }
}

class IssuedLaterState extends RevocationState {
  readonly issuedAt = new Map<string, number>()

  override append(events: readonly RevocationEvent[]): boolean {
    const isOlder = ({ key, at }: RevocationEvent): boolean => (this.issuedAt.get(key) ?? 0) > at
    return super.append(events.map((event) => (isOlder(event) ? { ...event, key: 'no-key-of-a-token' } : event)))
  }
}

class IssuedLaterEngine extends RealEngine {
  protected override createState(settings: RevocationStateSettings): RevocationState {
    return new IssuedLaterState(settings)
  }

  override take(reading: NotedReading, response: SimulatedResponse): void {
    super.take(reading, response)
    const { issuedAt } = this.state as IssuedLaterState
    for (const key of response.revocation_keys ?? []) issuedAt.set(key, response.iat ?? 0)
  }
}

class NotedAfterEngine extends RealEngine {
  override take(reading: NotedReading, response: SimulatedResponse): void {
    super.take(reading, response)
    const { read } = reading as RealReading
    if (read.isProven) read.sequence = this.state.sequence
  }
}

class AnyPlaceEngine extends RealEngine {
  override take(reading: NotedReading, response: SimulatedResponse): void {
    const { position } = reading
    super.take(reading, response.active && position !== undefined ? { ...response, read_at: position } : response)
  }
}

class BeforeFeedEngine extends RealEngine {
  override take(reading: NotedReading, response: SimulatedResponse): void {
    super.take(reading, response)
    if (reading.position !== '-' || !response.active) return
    const { read } = reading as RealReading
    read.isProven = true
    read.sequence = Math.max(1, this.state.sequence)
  }
}

class KeepsAllEngine extends RealEngine {
  override keep(token: string, reading: NotedReading): void {
    Object.assign((reading as RealReading).read, { mayBeKept: () => true })
    super.keep(token, reading)
  }
}

class MonotonicEngine extends RealEngine {
  protected override followedClock({ elapsedMs }: RevocationClock): RevocationClock {
    return { nowMs: () => EPOCH_MS + elapsedMs(), elapsedMs }
  }
}

class WallEngine extends RealEngine {
  protected override followedClock({ nowMs }: RevocationClock): RevocationClock {
    return { nowMs, elapsedMs: nowMs }
  }
}

class LongInactiveEngine extends RealEngine {
  protected override get inactiveMaxAgeSeconds(): number {
    return LIMITS.maxAgeWhileConnected
  }
}

class ProvenAgeEngine extends RealEngine {
  override use(reading: NotedReading): FoundAnswer {
    return provenByAge(super.use(reading))
  }

  override recall(
    token: string,
    notOlderThan: string | undefined,
    judge: Judge | undefined,
    done: (found: FoundAnswer | undefined) => void,
  ): void {
    super.recall(token, notOlderThan, judge, (found) => done(found && provenByAge(found)))
  }
}

function provenByAge(found: FoundAnswer): FoundAnswer {
  const { ageSeconds, boundSeconds } = found.liveness
  return {
    ...found,
    liveness: { ...found.liveness, bound: 'proven', boundSeconds: Math.min(ageSeconds, boundSeconds) },
  }
}

class OwnPositionEngine extends RealEngine {
  override beginReading(): RealReading {
    return super.beginReading(undefined)
  }
}

class ForgetfulEngine extends RealEngine {
  override recall(
    token: string,
    _notOlderThan: string | undefined,
    judge: Judge | undefined,
    done: (found: FoundAnswer | undefined) => void,
  ): void {
    super.recall(token, undefined, judge, done)
  }
}

class TrustingEngine extends RealEngine {
  readonly #shared: SharedStore | undefined

  constructor(clock: RevocationClock, shared: SharedStore | undefined) {
    super(clock, shared)
    this.#shared = shared
  }

  override recall(
    token: string,
    notOlderThan: string | undefined,
    judge: Judge | undefined,
    done: (found: FoundAnswer | undefined) => void,
  ): void {
    const entry = this.#shared?.get(token)
    const isTrusted = entry?.response.active === true && notOlderThan === undefined && this.state.isWithinLease()
    if (!isTrusted) {
      super.recall(token, notOlderThan, judge, done)
      return
    }
    const { serial, version = 0 } = entry.response as unknown as SimulatedResponse
    const boundSeconds = (this.state.knownMs() * 1.01) / 1000
    done({ serial, version, active: true, liveness: { boundSeconds, bound: 'proven', ageSeconds: boundSeconds } })
  }
}

/** Hides the keys of entries whose position the process has not applied. */
class UnknownSharedStore extends SharedStore {
  readonly #shared: SharedStore
  readonly #isApplied: (position: string) => boolean

  constructor(shared: SharedStore, isApplied: (position: string) => boolean) {
    super()
    this.#shared = shared
    this.#isApplied = isApplied
  }

  override get(key: string): CacheEntry | undefined {
    const entry = this.#shared.get(key)
    if (entry?.readAt !== undefined && this.#isApplied(entry.readAt)) return entry
    return entry && { ...entry, revocationKeys: undefined }
  }

  override set(key: string, entry: CacheEntry): void {
    this.#shared.set(key, entry)
  }

  override delete(key: string): void {
    this.#shared.delete(key)
  }
}

class UnknownSharedEngine extends RealEngine {
  constructor(clock: RevocationClock, shared: SharedStore | undefined) {
    super(clock, shared && new UnknownSharedStore(shared, (position) => this.state.sequenceOf(position) !== undefined))
  }
}

function server(changes: Partial<ServerParts>): Parts {
  const parts = realParts()
  return { ...parts, server: { ...parts.server, ...changes } }
}

function call(changes: Partial<CallParts>): Parts {
  const parts = realParts()
  return { ...parts, call: { ...parts.call, ...changes } }
}

export const MUTATIONS: readonly Mutation[] = [
  { name: 'the position is noted after the answer', parts: realParts(NotedAfterEngine), within: 1000 },
  { name: 'no read_at is needed', parts: realParts(AnyPlaceEngine), within: 1000 },
  { name: 'events need not follow one another', parts: withState(NoChainState), within: 2000 },
  { name: 'a page counts whatever its question', parts: withState(AnyPageState), within: 6000 },
  { name: 'a gap counts whatever its question', parts: withState(AnyGapState), within: 8000 },
  { name: 'the floor is not raised at a gap', parts: withState(NoFloorState), within: 1000 },
  { name: 'what is known is known as of the arrival of the page', parts: withState(LateQuestionState), within: 1000 },
  { name: 'a page counts though there is more', parts: withState(FirstPageState), within: 3000 },
  { name: 'iat is compared with at', parts: realParts(IssuedLaterEngine), within: 1000 },
  { name: 'answers from before the feed move up', parts: realParts(BeforeFeedEngine), within: 1000 },
  {
    name: 'an answer without proof is kept though an event has named it',
    parts: realParts(KeepsAllEngine),
    within: 1000,
  },
  { name: 'the age of an answer counts as proven', parts: realParts(ProvenAgeEngine), within: 1000 },
  { name: 'the monotonic clock alone', parts: realParts(MonotonicEngine), within: 1000 },
  { name: 'the wall clock alone', parts: realParts(WallEngine), within: 1000 },
  { name: 'inactive answers are kept as long as active ones', parts: realParts(LongInactiveEngine), within: 1000 },
  { name: 'entries of other processes are trusted', parts: realParts(TrustingEngine), within: 1000 },
  { name: 'entries of other processes count without their event', parts: realParts(UnknownSharedEngine), within: 1000 },
  { name: 'notOlderThan sends the position of the client', parts: realParts(OwnPositionEngine), within: 2000 },
  { name: 'notOlderThan is forgotten in the cache', parts: realParts(ForgetfulEngine), within: 1000 },
  { name: 'a call with notOlderThan joins a request', parts: call({ joinsNothingOlder: false }), within: 8000 },
  { name: 'the check is before the last wait', parts: call({ checksLast: false }), within: 1000 },
  { name: 'any node answers the lease question', parts: server({ leaseReadsPrimary: false }), within: 1000 },
  { name: 'questions share an earlier read', parts: server({ leaseReadBeginsAfterQuestion: false }), within: 1000 },
  { name: 'unnumbered events are passed over', parts: server({ questionNumbers: false }), within: 1000 },
  { name: 'keys are made after a view', parts: server({ keysBeforeView: false }), within: 1000 },
  { name: 'the position is looked up after the token', parts: server({ positionBeforeLookup: false }), within: 1000 },
  { name: 'positions have no tag', parts: server({ positionsHaveTags: false }), within: 2000 },
]
