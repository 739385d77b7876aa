/** Step `transport`: notices that the clock of the authorization server and the clock of this process differ. */
import { parseHttpDate } from './read-reply.ts'
import type { TransportReply } from './transport.ts'

/** Where a difference was seen: in `Date` of an answer, or in `iat` of a token. */
export type ClockEvidence = 'date' | 'iat'

/** A difference of the two clocks. */
export interface ClockReport {
  /** How many seconds the clock of the authorization server is ahead at least; negative when it is behind. */
  readonly differenceSeconds: number
  readonly evidence: ClockEvidence
  /** What to do. It holds nothing from the token. */
  readonly message: string
}

/** The settings. */
export interface ServerClockSettings {
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** How many seconds the clocks may differ. */
  readonly toleranceSeconds: number
  readonly report: (told: ClockReport) => void
}

/** How long the clocks count as compared, in milliseconds. */
const PERIOD_MS = 10_000

/**
 * Compares the clocks every ten seconds, if there are answers. It reports a difference once, when two comparisons in succession
 * show it in the same direction. After a comparison without a difference it reports the next one again.
 */
export class ServerClock {
  readonly #settings: ServerClockSettings
  #comparedAtMs = Number.NEGATIVE_INFINITY
  /** The direction that the last comparison showed; 0 for none. */
  #suspicion = 0
  #isReported = false

  constructor(settings: ServerClockSettings) {
    this.#settings = settings
  }

  /** Begins a comparison right before a request; `undefined` when none is due. */
  begin(): ClockComparison | undefined {
    const nowMs = this.#settings.nowMs()
    const ageMs = nowMs - this.#comparedAtMs
    const isSuspected = this.#suspicion !== 0 && !this.#isReported
    if (ageMs >= 0 && ageMs < PERIOD_MS && !isSuspected) return undefined
    this.#comparedAtMs = nowMs
    return new ClockComparison(nowMs, this)
  }

  /** @internal */
  now(): number {
    return this.#settings.nowMs()
  }

  /** @internal notes what a comparison has shown. */
  note(differenceSeconds: number, evidence: ClockEvidence): void {
    const { toleranceSeconds, report } = this.#settings
    const direction = Math.abs(differenceSeconds) > toleranceSeconds ? Math.sign(differenceSeconds) : 0
    const isConfirmed = direction !== 0 && direction === this.#suspicion
    this.#suspicion = direction
    if (direction === 0) this.#isReported = false
    if (!isConfirmed || this.#isReported) return
    this.#isReported = true
    report({ differenceSeconds, evidence, message: messageOf(differenceSeconds, evidence) })
  }
}

/** One comparison. */
export class ClockComparison {
  readonly #sentAtMs: number
  readonly #clock: ServerClock
  #isDone = false

  constructor(sentAtMs: number, clock: ServerClock) {
    this.#sentAtMs = sentAtMs
    this.#clock = clock
  }

  /** Compares the `Date` of the answer. */
  compareReply(reply: TransportReply): void {
    const seconds = clockDifference(reply, this.#sentAtMs, this.#clock.now())
    if (seconds === undefined) return
    this.#isDone = true
    this.#clock.note(seconds, 'date')
  }

  /** Compares the `iat` of an active token, if the answer had no `Date`. A token that was issued earlier shows nothing. */
  compareIssued(iat: number | undefined): void {
    const aheadSeconds = iat === undefined ? 0 : iat - this.#clock.now() / 1000
    if (this.#isDone || !(aheadSeconds > 0)) return
    this.#clock.note(aheadSeconds, 'iat')
  }
}

/**
 * How many seconds the clock of a server is ahead at least, by the `Date` of an answer (RFC 9110 §6.6.1); negative when it is
 * behind, and 0 when the clocks may be the same. `undefined` when the answer does not show it, such as an answer from a cache,
 * which has an `Age`.
 */
export function clockDifference(
  reply: Pick<TransportReply, 'header'>,
  sentAtMs: number,
  receivedAtMs: number,
): number | undefined {
  const field = reply.header('date')
  const dateMs = field === undefined ? Number.NaN : parseHttpDate(field)
  if (Number.isNaN(dateMs) || reply.header('age') !== undefined || receivedAtMs < sentAtMs) return undefined
  if (dateMs > receivedAtMs) return (dateMs - receivedAtMs) / 1000
  // The date has no fraction of a second.
  const latestMs = dateMs + 1000
  return latestMs < sentAtMs ? (latestMs - sentAtMs) / 1000 : 0
}

function messageOf(differenceSeconds: number, evidence: ClockEvidence): string {
  const by = evidence === 'date' ? 'the Date of its answers' : 'iat of the tokens that it has just issued'
  const direction = differenceSeconds > 0 ? 'ahead of' : 'behind'
  return (
    `by ${by}, the clock of the authorization server is at least ${Math.round(Math.abs(differenceSeconds))} s ${direction} the clock of ` +
    'this resource server; one of the two is wrong. Compare both with a time server (NTP). Until they agree, good tokens may be refused ' +
    'as expired or not valid yet, and expired ones accepted'
  )
}
