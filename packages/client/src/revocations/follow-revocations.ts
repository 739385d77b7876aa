/** Follows a feed of revocations: asks within every lease, listens in between, and starts again after failures. */
import { isIntrospectionError, ResponseMalformedError } from '@token-introspection/core'
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import { TransportTimeoutError } from '../errors.ts'
import type { WatchClock } from '../watch/watch-clock.ts'
import type { RevocationConnection } from './revocation-follower.ts'
import type { RevocationState } from './revocation-state.ts'

/**
 * What happened to the feed. `listening`: events come as they happen. `full`: there are more revocations than the client
 * keeps for JWTs. `unconfirmed`: no answer of the introspection endpoint has confirmed a position of the feed.
 */
export type FeedChange = 'following' | 'listening' | 'gap' | 'failed' | 'full' | 'unconfirmed'

/** The settings of {@link FollowRevocations}. */
export interface FollowSettings {
  readonly connection: RevocationConnection
  readonly state: RevocationState
  readonly leaseMs: number
  readonly clock: WatchClock
  /** Whether a timer may work for later requests. Not where timers end with the request that set them. */
  readonly hasTimers: boolean
  /** Gets each change, with the error of a failure. */
  readonly onChange: (change: FeedChange, error: unknown) => void
}

/** The client asks this many times per lease. */
const QUESTIONS_PER_LEASE = 3
/** How often it asks a feed that cannot be listened to, in milliseconds. */
const UNHEARD_INTERVAL_MS = 1000
/** The pause after the first failure, in milliseconds. Each further one doubles it. */
const FIRST_PAUSE_MS = 100
/** A server cannot make the client wait longer than this, in milliseconds. */
const LONGEST_PAUSE_MS = 600_000
/** The part by which a pause may be shorter, so that clients do not ask all at once. */
const JITTER = 0.5
/** How many questions may follow one another at once. A feed that never comes to an end counts as failed. */
const MAX_QUESTIONS_AT_ONCE = 256
/** The same while a log is replayed, which may have millions of events. */
const MAX_QUESTIONS_OF_REPLAY = 8192
/** The pause after listening that ended soon, in milliseconds. */
const SHORT_PAUSE_MS = 40

/** One client follows one feed. */
export class FollowRevocations {
  readonly #settings: FollowSettings
  readonly #ended = new AbortController()
  #isStarted = false
  #asking: Promise<void> | undefined
  #askedAtMs = Number.NEGATIVE_INFINITY
  #disarm: (() => void) | undefined
  /** Whether a call of `listen` is under way. */
  #isListening = false
  /** It does not listen before this time. */
  #listensAtMs = Number.NEGATIVE_INFINITY
  #askFailures = 0
  #listenFailures = 0
  #hasFailed = false
  /** Whether the feed has been heard since its last failure. */
  #hasToldListening = false

  constructor(settings: FollowSettings) {
    this.#settings = settings
  }

  /** Whether events are heard as they happen: the feed has sent something by itself, and is listened to now. */
  get isListening(): boolean {
    return this.#isListening && this.#hasToldListening
  }

  /** Begins to follow with the first call. Without timers, each call asks if that is due. */
  follow(): void {
    const { clock, hasTimers } = this.#settings
    if (this.#isStarted && (hasTimers || clock.elapsedMs() - this.#askedAtMs < this.#intervalMs())) return
    this.#isStarted = true
    // Without timers, a question ends with the request that sent it, and then nothing says so.
    if (!hasTimers) this.#asking = undefined
    if (!this.#ended.signal.aborted) void this.ask()
  }

  /** Asks now, unless a question is on its way. Never rejects. */
  ask(): Promise<void> {
    if (this.#asking !== undefined) return this.#asking
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = undefined
    })
    this.#asking = asking
    return asking
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#ended.abort()
    this.#disarm?.()
    await this.#settings.connection.close?.()
  }

  async #ask(): Promise<void> {
    const { state, connection, clock, onChange } = this.#settings
    const { signal } = this.#ended
    const gaps = state.gaps
    let most = MAX_QUESTIONS_AT_ONCE
    try {
      for (let questions = 1; ; questions += 1) {
        this.#askedAtMs = clock.elapsedMs()
        const question = state.beginQuestion()
        if (question.isReplay) most = MAX_QUESTIONS_OF_REPLAY
        // Each question waits for the one before it, because it asks what comes after that.
        const page = await withDeadline(
          (cancelled) =>
            question.isReplay ? replay(connection, cancelled) : connection.ask(question.after, cancelled),
          this.#settings.leaseMs / QUESTIONS_PER_LEASE,
          signal,
          clock,
        )
        if (question.answer(page) === 'known') break
        if (questions >= most) throw neverEnding(questions)
      }
      this.#askFailures = 0
      if (state.gaps > gaps) onChange('gap', undefined)
      if (this.#hasFailed || gaps === 0) this.#recover()
      this.#arm(this.#intervalMs())
      this.#listen()
    } catch (error) {
      if (signal.aborted) return
      this.#fail(error)
      this.#askFailures += 1
      this.#arm(this.#pauseMs(this.#askFailures, error))
    }
  }

  #recover(): void {
    const isNews = this.#hasFailed
    this.#hasFailed = false
    if (isNews) this.#settings.onChange('following', undefined)
  }

  /** Listens until that ends, and then asks what was missed. */
  #listen(): void {
    const { connection, state, hasTimers, clock, onChange } = this.#settings
    const { signal } = this.#ended
    const { position } = state
    if (connection.listen === undefined || this.#isListening || !hasTimers || position === undefined) return
    if (signal.aborted || clock.elapsedMs() < this.#listensAtMs) return
    this.#isListening = true
    const beganMs = clock.elapsedMs()
    let hasHeard = false
    const onEvents = (events: readonly RevocationEvent[]): boolean => {
      // A feed that only opens, and ends at once, must not be opened again without a pause.
      if (events.length > 0) hasHeard = true
      if (!this.#hasToldListening) onChange('listening', undefined)
      this.#hasToldListening = true
      return state.append(events)
    }
    const listening = startListening(connection, position, onEvents, signal)
    listening.then(
      () => this.#listenAgain(hasHeard, beganMs, undefined),
      (error: unknown) => this.#listenAgain(hasHeard, beganMs, error),
    )
  }

  #listenAgain(hasHeard: boolean, beganMs: number, error: unknown): void {
    this.#isListening = false
    if (this.#ended.signal.aborted) return
    if (error !== undefined) this.#fail(error)
    // What lasted was no failure: the feed ends its answers from time to time.
    const lasted = this.#settings.clock.elapsedMs() - beganMs > FIRST_PAUSE_MS * 10
    this.#listenFailures = hasHeard || lasted ? 0 : this.#listenFailures + 1
    const hasEnded = this.#listenFailures === 0 && error === undefined
    const endedMs = lasted ? 0 : SHORT_PAUSE_MS
    const pauseMs = hasEnded ? endedMs : this.#pauseMs(this.#listenFailures, error)
    this.#listensAtMs = this.#settings.clock.elapsedMs() + pauseMs * (1 - JITTER)
    // A feed that cannot be heard now can still be asked. Otherwise the lease would run out.
    this.#arm(Math.min(pauseMs, this.#intervalMs()))
  }

  #fail(error: unknown): void {
    const isNews = !this.#hasFailed
    this.#hasFailed = true
    this.#hasToldListening = false
    if (isNews) this.#settings.onChange('failed', error)
  }

  #intervalMs(): number {
    const { leaseMs, connection } = this.#settings
    const intervalMs = leaseMs / QUESTIONS_PER_LEASE
    return connection.listen === undefined ? Math.min(intervalMs, UNHEARD_INTERVAL_MS) : intervalMs
  }

  /** The server may say how long to wait. What it refuses for good is tried once per lease. */
  #pauseMs(failures: number, error: unknown): number {
    if (isIntrospectionError(error) && !error.retryable) return this.#settings.leaseMs / (1 - JITTER)
    const pauseMs = Math.min(this.#intervalMs(), FIRST_PAUSE_MS * 2 ** Math.min(failures, 20))
    return Math.max(pauseMs, retryAfterMs(error) / (1 - JITTER))
  }

  /** Asks after a time, or sooner, in place of an earlier plan. */
  #arm(ms: number): void {
    const { clock, hasTimers } = this.#settings
    if (!hasTimers || this.#ended.signal.aborted) return
    this.#disarm?.()
    this.#disarm = clock.schedule(() => void this.ask(), Math.max(1, ms * (1 - JITTER * clock.random())))
  }
}

/** Only a follower that can replay is asked to. */
async function replay(connection: RevocationConnection, signal: AbortSignal): Promise<RevocationPage> {
  if (connection.replay === undefined) throw new TypeError('the follower cannot replay its feed')
  return await connection.replay(signal)
}

function neverEnding(questions: number): ResponseMalformedError {
  return new ResponseMalformedError(
    `revocation feed: ${questions} questions one after the other did not come to the end of the log`,
  )
}

function noAnswer(ms: number): TransportTimeoutError {
  return new TransportTimeoutError(
    `revocation feed: no answer within ${Math.round(ms)} ms, a third of cache.leaseSeconds. The client asks again`,
  )
}

/** Async, because a follower may also throw. */
async function startListening(
  connection: RevocationConnection,
  after: string,
  onEvents: (events: readonly RevocationEvent[]) => boolean,
  signal: AbortSignal,
): Promise<void> {
  await connection.listen?.(after, onEvents, signal)
}

/** How long the server asks to wait, in milliseconds; 0 when it does not say. */
function retryAfterMs(error: unknown): number {
  const { retryAfterSeconds } = (error ?? {}) as { readonly retryAfterSeconds?: unknown }
  return typeof retryAfterSeconds === 'number' ? Math.min(retryAfterSeconds * 1000, LONGEST_PAUSE_MS) : 0
}

/** Calls with a signal that aborts when the time is over. */
async function withDeadline<Value>(
  run: (signal: AbortSignal) => Promise<Value>,
  ms: number,
  signal: AbortSignal,
  clock: WatchClock,
): Promise<Value> {
  const controller = new AbortController()
  const stop = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const disarm = clock.schedule(() => controller.abort(noAnswer(ms)), ms)
  try {
    return await Promise.race([run(controller.signal), aborted(controller.signal)])
  } finally {
    disarm()
    signal.removeEventListener('abort', stop)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
