/** Step `cache`: calls about the same token at the same time share one request. */

import { FlightTable, type TableEntry } from './flight-table.ts'

/** What a flight is cancelled by. */
export interface FlightDeadline {
  cancel(reason: Error): void
  settle(): void
  /** Whether its time is up. */
  isOver(): boolean
  /** When its time is up, by a clock that is never set back. */
  readonly expiresAtMs: number
}

/** What a call wants of the request it joins. */
export interface Boarding {
  /** How old the request may be, in milliseconds; its age will be that of the answer. `undefined` takes any. */
  readonly maxAgeMs: number | undefined
  /** Now, in milliseconds since the epoch. */
  readonly nowMs: number
  /** Until when the call waits, by the clock of the deadlines. */
  readonly waitsUntilMs: number
}

/** One request under way, and how many wait for it. */
export class Flight<Answer> implements TableEntry {
  readonly key: string
  /** When its request began, in milliseconds since the epoch. */
  readonly askedAtMs: number
  next: this | undefined
  /** Not assigned before the request has begun. */
  answer!: Promise<Answer>
  /** Over, or given up: nobody may join any more. */
  landed = false
  /** What carried it ended without a word. */
  lost = false
  #waiting = 0
  readonly #deadline: FlightDeadline

  constructor(key: string, deadline: FlightDeadline, askedAtMs: number) {
    this.key = key
    this.askedAtMs = askedAtMs
    this.#deadline = deadline
  }

  /** One more waits. */
  board(): void {
    this.#waiting += 1
  }

  /** One waits no more; the last one's leaving cancels the request. */
  leave(reason: Error): void {
    this.#waiting -= 1
    if (this.#waiting > 0 || this.landed) return
    this.landed = true
    this.#deadline.cancel(reason)
  }

  /**
   * Whether a call may join. Not when it has landed, or should have, where what carried it is gone with its request; nor when
   * it may end before the call has waited its time, or is too old.
   */
  isOpenTo({ maxAgeMs, nowMs, waitsUntilMs }: Boarding): boolean {
    if (this.landed || this.lost || this.#deadline.isOver() || this.#deadline.expiresAtMs < waitsUntilMs) return false
    if (maxAgeMs === undefined) return true
    const ageMs = nowMs - this.askedAtMs
    // An age below nothing means that the clock was set back.
    return ageMs >= 0 && ageMs < maxAgeMs
  }

  /** @internal the request is over. */
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

  /** @param onFailure - told of each request that failed, once for all who waited. */
  constructor(onFailure?: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  /** How many calls shared the request of another. */
  get joined(): number {
    return this.#joined
  }

  /**
   * Joins the flight of a key, or begins one.
   *
   * @param boarding - what the call wants of a flight to join it.
   * @param ask - begins the request. `isCurrent` says whether its answer is still the newest that was asked for.
   */
  board<Deadline extends FlightDeadline>(
    key: string,
    boarding: Boarding,
    start: () => Deadline,
    ask: (deadline: Deadline, isCurrent: () => boolean) => Promise<Answer>,
  ): Flight<Answer> {
    const known = this.#flights.get(key)
    if (known?.isOpenTo(boarding) === true) {
      this.#joined += 1
      known.board()
      return known
    }
    const deadline = start()
    const flight = new Flight<Answer>(key, deadline, boarding.nowMs)
    flight.board()
    this.#flights.set(flight)
    // Two callbacks cost less than a function that waits.
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
   * Whether a flight failed because what carried it ended without a word, as a request does in workerd that its caller has
   * left: nobody joins it any more. What failed by itself has landed before anybody hears of it.
   */
  abandon(flight: Flight<Answer>): boolean {
    if (flight.landed) return false
    flight.lost = true
    this.#flights.delete(flight)
    return true
  }

  /** From now on nobody joins these flights, and what they bring is not kept. Who waits already still gets it. */
  forget(matches: (key: string) => boolean): void {
    this.#flights.deleteMatching(matches)
  }

  #land(flight: Flight<Answer>): void {
    flight.land()
    this.#flights.delete(flight)
  }
}
