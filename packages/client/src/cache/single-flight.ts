/** Step `cache`: parallel calls about the same token share one request. */

import { FlightTable, type TableEntry } from './flight-table.ts'

/** Cancels a flight. */
export interface FlightDeadline {
  cancel(reason: Error): void
  settle(): void
  /** Whether its time is up. */
  isOver(): boolean
  /** When the time of the flight is over, by a clock that is never set back. */
  readonly expiresAtMs: number
  /** Names what it waits for now. */
  readonly waitsFor?: (() => string | undefined) | undefined
}

/** What a call requires of the request it joins. */
export interface Boarding {
  /** How old the request may be, in milliseconds. The answer will have the same age. `undefined` accepts any age. */
  readonly maxAgeMs: number | undefined
  /** The current time, in milliseconds since the epoch. */
  readonly nowMs: number
  /** How long the call waits: a time of the deadlines' clock. */
  readonly waitsUntilMs: number
  /** The call shares no request, and no call shares its own, which never becomes the current one. Default `false`. */
  readonly isAlone?: boolean | undefined
}

/** One current request, and the number of calls that wait for it. */
export class Flight<Answer> implements TableEntry {
  readonly key: string
  /** When its request began, in milliseconds since the epoch. */
  readonly askedAtMs: number
  next: this | undefined
  /** Not assigned before the request has begun. */
  answer!: Promise<Answer>
  /** The flight has ended or was given up. No call may join any more. */
  landed = false
  /** The flight ended silently, because the request that carried it ended. */
  lost = false
  #waiting = 0
  readonly #deadline: FlightDeadline

  constructor(key: string, deadline: FlightDeadline, askedAtMs: number) {
    this.key = key
    this.askedAtMs = askedAtMs
    this.#deadline = deadline
  }

  /** What its calls wait for now. */
  get waitsFor(): string | undefined {
    return this.#deadline.waitsFor?.()
  }

  /** Adds a waiting call. */
  board(): void {
    this.#waiting += 1
  }

  /** Removes a waiting call. When the last call leaves, the request is cancelled. */
  leave(reason: Error): void {
    this.#waiting -= 1
    if (this.#waiting > 0 || this.landed) return
    this.landed = true
    this.#deadline.cancel(reason)
  }

  /**
   * Whether a call may join. Not after the flight has ended, or should have ended; and not when it may end before the
   * call has waited its time, or is too old.
   */
  isOpenTo({ maxAgeMs, nowMs, waitsUntilMs }: Boarding): boolean {
    if (this.landed || this.lost || this.#deadline.isOver() || this.#deadline.expiresAtMs < waitsUntilMs) return false
    if (maxAgeMs === undefined) return true
    const ageMs = nowMs - this.askedAtMs
    // A negative age means that the clock was set back.
    return ageMs >= 0 && ageMs < maxAgeMs
  }

  /** @internal the request has ended. */
  land(): void {
    this.landed = true
    this.#deadline.settle()
  }
}

/** The flights of one client. */
export class SingleFlight<Answer> {
  readonly #flights = new FlightTable<Flight<Answer>>()
  readonly #onFailure: ((error: unknown) => void) | undefined
  #joined = 0

  /** @param onFailure - gets the error of each failed request, once for all waiting calls. */
  constructor(onFailure?: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  /** How many calls shared the request of another call. */
  get joined(): number {
    return this.#joined
  }

  /**
   * Joins the flight of a key, or starts one.
   *
   * @param boarding - what the call requires of a flight to join it.
   * @param ask - starts the request. `isCurrent` says whether its answer is still the newest.
   */
  board<Deadline extends FlightDeadline>(
    key: string,
    boarding: Boarding,
    start: () => Deadline,
    ask: (deadline: Deadline, isCurrent: () => boolean) => Promise<Answer>,
  ): Flight<Answer> {
    const known = boarding.isAlone === true ? undefined : this.#flights.get(key)
    if (known?.isOpenTo(boarding) === true) {
      this.#joined += 1
      known.board()
      return known
    }
    const deadline = start()
    const flight = new Flight<Answer>(key, deadline, boarding.nowMs)
    flight.board()
    if (boarding.isAlone !== true) this.#flights.set(flight)
    // Two callbacks cost less than an async function.
    flight.answer = ask(deadline, () => this.#flights.get(key) === flight).then(
      (answer) => {
        this.#land(flight)
        return answer
      },
      (error: unknown) => {
        this.#land(flight)
        this.#onFailure?.(error)
        throw error
      },
    )
    return flight
  }

  /**
   * Whether a flight ended silently, as a request does in workerd whose caller has left: no call joins it any more. A
   * request that fails by itself has ended before its calls get the error.
   */
  abandon(flight: Flight<Answer>): boolean {
    if (flight.landed) return false
    flight.lost = true
    this.#flights.delete(flight)
    return true
  }

  /** No further call joins these flights, and their answers are not stored. Waiting calls still get them. */
  forget(matches: (key: string) => boolean): void {
    this.#flights.deleteMatching(matches)
  }

  #land(flight: Flight<Answer>): void {
    flight.land()
    this.#flights.delete(flight)
  }
}
