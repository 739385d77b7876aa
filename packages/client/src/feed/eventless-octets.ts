/** Limits what an event stream may send without an event, so that comments without end cost a follower no work. */
import { MAX_PAGE_BYTES } from '@token-introspection/core/revocations'
import { ResponseMalformedError } from '../errors.ts'

/** For how long octets are counted together, in milliseconds. */
const WINDOW_MS = 60_000

/** The largest page that is not complete yet, and as much again for signs of life, of which a server needs a few hundred. */
const MAX_OCTETS = 2 * MAX_PAGE_BYTES

/** Counts the octets of one stream since its last event. */
export class EventlessOctets {
  readonly #nowMs: () => number
  #beganMs: number
  #octets = 0

  /** @param nowMs - milliseconds since the epoch. A clock that is set begins a new count. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#beganMs = nowMs()
  }

  /**
   * Counts octets.
   *
   * @throws ResponseMalformedError when they are too many.
   */
  add(octets: number): void {
    const now = this.#nowMs()
    if (!(Math.abs(now - this.#beganMs) < WINDOW_MS)) {
      this.#beganMs = now
      this.#octets = 0
    }
    this.#octets += octets
    if (this.#octets <= MAX_OCTETS) return
    throw new ResponseMalformedError(
      `the event stream has sent more than ${MAX_OCTETS} octets within ${WINDOW_MS / 1000} s without an event`,
    )
  }

  /** An event has come. */
  restart(): void {
    this.#octets = 0
  }
}
