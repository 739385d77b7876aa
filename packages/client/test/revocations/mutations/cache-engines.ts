/** Clients without one of the rules about the cache, of their own or shared. */
import type { CacheEntry } from '../../../src/cache/cache-store.ts'
import type { RevocationClock } from '../../../src/revocations/revocation-clock.ts'
import { type FoundAnswer, type Judge, LIMITS, type NotedReading, type SimulatedResponse } from '../client-engine.ts'
import { RealEngine, type RealReading, SharedStore } from '../real-engine.ts'

export class KeepsAllEngine extends RealEngine {
  override keep(token: string, reading: NotedReading): void {
    Object.assign((reading as RealReading).read, { mayBeKept: () => true })
    super.keep(token, reading)
  }
}

export class LongInactiveEngine extends RealEngine {
  protected override get inactiveMaxAgeSeconds(): number {
    return LIMITS.maxAgeWhileConnected
  }
}

export class ForgetfulEngine extends RealEngine {
  override recall(
    token: string,
    _notOlderThan: string | undefined,
    judge: Judge | undefined,
    done: (found: FoundAnswer | undefined) => void,
  ): void {
    super.recall(token, undefined, judge, done)
  }
}

export class TrustingEngine extends RealEngine {
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

export class UnknownSharedEngine extends RealEngine {
  constructor(clock: RevocationClock, shared: SharedStore | undefined) {
    super(clock, shared && new UnknownSharedStore(shared, (position) => this.state.sequenceOf(position) !== undefined))
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
