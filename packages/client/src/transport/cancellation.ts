/** How a transport learns that a call is over. */

/** How a transport learns that nobody waits any more. */
export interface Cancellation {
  /** For transports that take an `AbortSignal`; made when first asked for. */
  readonly signal: AbortSignal
  /** Calls the listener when the call is over early; at once when it already is. */
  onCancel(listener: (reason: Error) => void): void
  /** What a promise gives, or the reason of the cancellation when that comes first. */
  race<Value>(promise: Promise<Value>): Promise<Value>
  /** Whether the time of the call is up, also where the timer that should have said so is gone. */
  isOver(): boolean
}
