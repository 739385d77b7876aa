/** How a transport learns that a call is over. */

/** What a transport needs to learn that a call is over. */
export interface Cancellation {
  /** For transports that take an `AbortSignal`. It is created on first use. */
  readonly signal: AbortSignal
  /** Calls the listener when the call ends early, or at once when it has already ended. */
  onCancel(listener: (reason: Error) => void): void
  /** Resolves or rejects as the promise does, or rejects with the reason of the cancellation when that comes first. */
  race<Value>(promise: Promise<Value>): Promise<Value>
  /** Whether the time of the call is over, even if its timer was lost. */
  isOver(): boolean
}
