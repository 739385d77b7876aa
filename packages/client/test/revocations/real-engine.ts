/** The client of the package, as far as it needs no promises: what it knows of the feed, the cache, and its answers. */
import type { ActiveIntrospectionResponse, IntrospectionResponse } from '@token-introspection/core'
import type { RevocationEvent } from '@token-introspection/core/revocations'
import { AnswerCache } from '../../src/cache/answer-cache.ts'
import type { CacheEntry, CacheStore } from '../../src/cache/cache-store.ts'
import { FollowedAnswers } from '../../src/cache/followed-answers.ts'
import { MemoryCacheStore } from '../../src/cache/memory-cache-store.ts'
import { Confirmations } from '../../src/revocations/confirmations.ts'
import { LivenessRecord } from '../../src/revocations/liveness.ts'
import { noteLiveness } from '../../src/revocations/note-liveness.ts'
import { ReadAnswer } from '../../src/revocations/read-answer.ts'
import { momentOf, msSince, type RevocationClock } from '../../src/revocations/revocation-clock.ts'
import { RevocationState, type RevocationStateSettings } from '../../src/revocations/revocation-state.ts'
import type { FollowedFeed } from '../../src/revocations/revocations-step.ts'
import {
  type ClientEngine,
  type FoundAnswer,
  type Judge,
  LIMITS,
  type NotedQuestion,
  type NotedReading,
  type SimulatedResponse,
} from './client-engine.ts'

/** What processes share: a store whose entries are copies. */
export class SharedStore implements CacheStore {
  readonly entries = new Map<string, CacheEntry>()

  get(key: string): CacheEntry | undefined {
    return this.entries.get(key)
  }

  set(key: string, entry: CacheEntry): void {
    this.entries.set(key, { ...entry, response: { ...entry.response } })
  }

  delete(key: string): void {
    this.entries.delete(key)
  }

  clear(): void {
    this.entries.clear()
  }
}

type Result = { readonly active: boolean; readonly response: IntrospectionResponse }

/** An answer on its way. */
export interface RealReading extends NotedReading {
  readonly read: ReadAnswer
  response: IntrospectionResponse | undefined
}

/** As few slots as may be, so that keys share them. */
const SLOTS = 64

export class RealEngine implements ClientEngine {
  readonly state: RevocationState
  protected readonly feed: FollowedFeed
  protected readonly cache: AnswerCache<Result>
  /** Runs when the application has judged the answer that is looked up. */
  #judge: Judge | undefined

  constructor(clock: RevocationClock, shared: SharedStore | undefined) {
    const followed = this.followedClock(clock)
    this.state = this.createState({ leaseMs: LIMITS.lease * 1000, clock: followed, slots: SLOTS })
    this.feed = {
      state: this.state,
      clock: followed,
      bound: 'proven',
      confirmations: new Confirmations(() => undefined),
      voided: 0,
    }
    const limits = {
      maxAgeSeconds: LIMITS.maxAge,
      inactiveMaxAgeSeconds: this.inactiveMaxAgeSeconds,
      maxAgeWhileConnectedSeconds: LIMITS.maxAgeWhileConnected,
    }
    const memory = new MemoryCacheStore<Result>({
      maxEntries: 8,
      inactiveMaxEntries: 8,
      followed: new FollowedAnswers(this.feed, limits),
    })
    this.cache = new AnswerCache<Result>({
      store: shared ?? memory,
      memory: shared === undefined ? memory : undefined,
      tokenPart: (key) => key,
      limits,
      feed: this.feed,
      nowMs: followed.nowMs,
      judge: (response) => this.#judgeResponse(response),
      onFailure: (error) => {
        throw error
      },
    })
  }

  get position(): string | undefined {
    return this.state.position
  }

  append(events: readonly RevocationEvent[]): boolean {
    return this.state.append(events)
  }

  beginQuestion(): NotedQuestion {
    return this.state.beginQuestion()
  }

  beginReading(notOlderThan: string | undefined): RealReading {
    const read = new ReadAnswer(this.feed, notOlderThan)
    return { position: read.position, read, response: undefined }
  }

  take(reading: NotedReading, answer: SimulatedResponse): void {
    const real = reading as RealReading
    const response = { ...answer }
    if (response.active) real.read.take(response as ActiveIntrospectionResponse)
    real.response = response as IntrospectionResponse
  }

  isVoid(reading: NotedReading): boolean {
    const { read, response } = reading as RealReading
    return response?.active === true && read.isVoid()
  }

  isConfirmed(reading: NotedReading): boolean {
    return (reading as RealReading).read.isConfirmed
  }

  keep(token: string, reading: NotedReading): void {
    const { read, response } = reading as RealReading
    if (response !== undefined) this.cache.keep(token, response, read.askedAt.wallMs, read)
  }

  use(reading: NotedReading): FoundAnswer {
    const { read, response } = reading as RealReading
    const liveness = new LivenessRecord()
    const ageMs = msSince(read.askedAt, momentOf(this.feed.clock))
    noteLiveness(liveness, 'endpoint', ageMs, read.holds(), this.feed, false)
    return found(response as IntrospectionResponse, liveness)
  }

  recall(
    token: string,
    notOlderThan: string | undefined,
    judge: Judge | undefined,
    done: (found: FoundAnswer | undefined) => void,
  ): void {
    const liveness = new LivenessRecord()
    this.#judge = judge
    const result = this.cache.recall(token, { notOlderThan }, liveness)
    this.#judge = undefined
    const end = (judged: Result | undefined): void => done(judged && found(judged.response, liveness))
    if (result instanceof SimulatedPromise) result.then(end)
    else end(result as Result | undefined)
  }

  protected createState(settings: RevocationStateSettings): RevocationState {
    return new RevocationState(settings)
  }

  protected followedClock(clock: RevocationClock): RevocationClock {
    return clock
  }

  protected get inactiveMaxAgeSeconds(): number {
    return LIMITS.inactiveMaxAge
  }

  #judgeResponse(response: IntrospectionResponse): Result {
    const result = { active: response.active, response }
    if (this.#judge === undefined) return result
    const judge = this.#judge
    return new SimulatedPromise<Result>((settle) => judge(() => settle(result))) as unknown as Result
  }
}

/** An answer of the client, as the simulation takes it. */
function found(response: IntrospectionResponse, liveness: LivenessRecord): FoundAnswer {
  const { active, serial, version } = response as unknown as SimulatedResponse
  const { boundSeconds, bound, ageSeconds } = liveness
  return { active, serial, version: version ?? 0, liveness: { boundSeconds, bound, ageSeconds } }
}

/** A promise that calls its listeners at once, so that the simulated clock decides when something happens. */
class SimulatedPromise<Value> {
  #value: { readonly value: Value } | undefined
  #listener: ((value: Value) => void) | undefined

  constructor(run: (settle: (value: Value) => void) => void) {
    run((value) => {
      this.#value = { value }
      this.#listener?.(value)
    })
  }

  // oxlint-disable-next-line unicorn/no-thenable
  then<Next>(next: (value: Value) => Next): SimulatedPromise<Next> {
    return new SimulatedPromise((settle) => {
      const listen = (value: Value): void => settle(next(value))
      if (this.#value === undefined) this.#listener = listen
      else listen(this.#value.value)
    })
  }

  /** It never fails. */
  catch(): this {
    return this
  }
}
