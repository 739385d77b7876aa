/**
 * Deadlines of calls. Many share one timer, because a timer and an AbortSignal per call take a quarter of the time of a
 * call.
 */
import { SHARES_TIMERS } from '#default-transport'
import { TransportTimeoutError } from '../errors.ts'
import type { Cancellation } from './cancellation.ts'

/** The deadline of one call. It ends when the time is over, when its caller aborts, or when it is settled. */
export class Deadline implements Cancellation {
  /** @internal neighbours in the queue of {@link Deadlines}. */
  previous: Deadline | undefined
  /** @internal */
  next: Deadline | undefined
  /** @internal stops a timer of its own. */
  disarm: (() => void) | undefined
  /** Names what the call waits for now, for the message when its time is over. */
  waitsFor: (() => string | undefined) | undefined
  /** @internal the time at which it expires, by the queue's clock. */
  readonly expiresAtMs: number
  readonly #queue: Deadlines
  #reason: Error | undefined
  // Listeners are kept in one list. A function that calls two others would double the cost of a call: it keeps both
  // alive until the next full collection.
  #listener: ((reason: Error) => void) | undefined
  #secondListener: ((reason: Error) => void) | undefined
  #moreListeners: ((reason: Error) => void)[] | undefined
  #controller: AbortController | undefined
  #caller: AbortSignal | undefined
  #onCallerAbort: (() => void) | undefined

  constructor(queue: Deadlines, expiresAtMs: number, caller: AbortSignal | undefined) {
    this.#queue = queue
    this.expiresAtMs = expiresAtMs
    if (caller === undefined) return
    this.#caller = caller
    this.#onCallerAbort = () => this.cancel(caller.reason as Error)
    caller.addEventListener('abort', this.#onCallerAbort, { once: true })
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  onCancel(listener: (reason: Error) => void): void {
    if (this.#reason !== undefined) listener(this.#reason)
    else if (this.#listener === undefined) this.#listener = listener
    else if (this.#secondListener === undefined) this.#secondListener = listener
    else (this.#moreListeners ??= []).push(listener)
  }

  race<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.onCancel(reject)
      promise.then(resolve, reject)
    })
  }

  /** Whether the call has ended early. */
  get isCancelled(): boolean {
    return this.#reason !== undefined
  }

  /** Ends the call early. */
  cancel(reason: Error): void {
    if (this.#reason !== undefined) return
    this.settle()
    this.#reason = reason
    this.#controller?.abort(reason)
    this.#listener?.(reason)
    this.#secondListener?.(reason)
    for (const listener of this.#moreListeners ?? []) listener(reason)
  }

  isOver(): boolean {
    return this.#queue.isPast(this.expiresAtMs)
  }

  /** Ends the deadline after the call. Nothing is cancelled any more. */
  settle(): void {
    this.disarm?.()
    this.#queue.remove(this)
    if (this.#onCallerAbort !== undefined) this.#caller?.removeEventListener('abort', this.#onCallerAbort)
  }
}

/** The clock and timer of deadlines. */
export interface DeadlineClock {
  readonly nowMs: () => number
  /**
   * Calls back after `ms`, and does not keep the process alive if the runtime supports that. Returns a function that
   * stops the timer.
   */
  readonly schedule: (callback: () => void, ms: number) => () => void
}

const systemClock: DeadlineClock = {
  nowMs: () => performance.now(),
  schedule(callback, ms) {
    const timer: unknown = setTimeout(callback, ms)
    // Outside Node the timer is a number, and timers do not keep the process alive.
    if (typeof timer === 'object') (timer as { unref(): void }).unref()
    return () => clearTimeout(timer as number)
  },
}

/**
 * A queue of deadlines of the same length. The first to start is the first to expire, so only the head needs a timer.
 */
export class Deadlines {
  readonly #durationMs: number
  readonly #clock: DeadlineClock
  readonly #sharesTimer: boolean
  #head: Deadline | undefined
  #tail: Deadline | undefined
  #armed = false
  #onIdle: (() => void) | undefined

  /**
   * @param sharesTimer - whether one timer serves all deadlines. It must be `false` where a timer ends with the request
   * that set it, as in workerd. Otherwise the first request to end would stop the deadlines of all others.
   */
  constructor(durationMs: number, clock: DeadlineClock = systemClock, sharesTimer = SHARES_TIMERS) {
    this.#durationMs = durationMs
    this.#clock = clock
    this.#sharesTimer = sharesTimer
  }

  /** The length of each deadline. */
  get durationMs(): number {
    return this.#durationMs
  }

  /** @internal */
  isPast(expiresAtMs: number): boolean {
    return this.#clock.nowMs() >= expiresAtMs
  }

  /** Starts a deadline. `caller` may end it sooner. */
  start(caller?: AbortSignal): Deadline {
    caller?.throwIfAborted()
    const deadline = new Deadline(this, this.#clock.nowMs() + this.#durationMs, caller)
    deadline.previous = this.#tail
    if (this.#tail === undefined) this.#head = deadline
    else this.#tail.next = deadline
    this.#tail = deadline
    if (!this.#sharesTimer) deadline.disarm = this.#clock.schedule(() => this.#timeOut(deadline), this.#durationMs)
    else if (!this.#armed) this.#arm(this.#durationMs)
    return deadline
  }

  /** @internal removes a deadline from the queue, if it is in the queue. */
  remove(deadline: Deadline): void {
    if (deadline.previous === undefined && this.#head !== deadline) return
    if (deadline.previous === undefined) this.#head = deadline.next
    else deadline.previous.next = deadline.next
    if (deadline.next === undefined) this.#tail = deadline.previous
    else deadline.next.previous = deadline.previous
    deadline.previous = undefined
    deadline.next = undefined
    if (this.#head === undefined) this.#onIdle?.()
  }

  /** Resolves when no deadline is running. */
  idle(): Promise<void> {
    if (this.#head === undefined) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onIdle = resolve
    })
  }

  #arm(ms: number): void {
    this.#armed = true
    this.#clock.schedule(() => this.#expire(), ms)
  }

  #timeOut(deadline: Deadline): void {
    const what = deadline.waitsFor?.()
    deadline.cancel(
      new TransportTimeoutError(
        `${what === undefined ? '' : `${what}: `}no answer within ${this.#durationMs} ms, a limit by transport.deadlineMs: the server is slow, or a firewall on the way drops ` +
          'the connection',
      ),
    )
  }

  #expire(): void {
    this.#armed = false
    const now = this.#clock.nowMs()
    while (this.#head !== undefined && this.#head.expiresAtMs <= now) {
      this.#timeOut(this.#head)
    }
    if (this.#head !== undefined) this.#arm(Math.max(1, Math.ceil(this.#head.expiresAtMs - now)))
  }
}
