/** Step `transport`: a request that came to nothing by bad luck is made once more, at once. */
import { TransportCircuitOpenError, TransportOverloadedError, TransportUnreachableError } from '../../errors.ts'
import type { Cancellation } from '../deadline.ts'
import type { TransportReply } from '../transport.ts'

/** What the step needs. */
export interface RetrySettings {
  readonly wait: (ms: number) => Promise<void>
  /** At least 0 and below 1. */
  readonly random: () => number
}

/** A server that is between two processes answers better a moment later. */
const MIN_WAIT_MS = 20
const MAX_WAIT_MS = 80

/** What gateways say when nobody is behind them just now. */
const PASSING = new Set([502, 503, 504])

/** How a connection ends that the other side had given up: kept alive too long, or its process gone. */
const LOST_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ConnectionClosed'])

/** A request, built anew each time, as an assertion may be used only once. */
type Attempt = () => Promise<TransportReply>

/**
 * Makes a request, and once more when the connection was lost, or a gateway had nobody to ask and did not say for how
 * long. All within the deadline of the call.
 */
export async function withRetry(
  attempt: Attempt,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<TransportReply> {
  let reply: TransportReply
  try {
    reply = await attempt()
  } catch (error) {
    return retryFailed(error, attempt, retry)
  }
  return isPassing(reply) ? retryPassing(reply, attempt, cancellation, retry) : reply
}

/** The second half of {@link withRetry}, for a request that failed; it fails the same when there is no second try. */
export async function retryFailed(
  error: unknown,
  attempt: Attempt,
  retry: RetrySettings | undefined,
): Promise<TransportReply> {
  if (retry === undefined || !isLostConnection(error)) throw error
  return again(attempt, () => {
    throw error
  })
}

/** The second half of {@link withRetry}, for a reply that {@link isPassing}. */
export async function retryPassing(
  reply: TransportReply,
  attempt: Attempt,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<TransportReply> {
  if (retry === undefined) return reply
  await cancellation.race(retry.wait(MIN_WAIT_MS + retry.random() * (MAX_WAIT_MS - MIN_WAIT_MS)))
  return again(attempt, () => reply)
}

/** Whether a reply says that a moment later it may be another. */
export function isPassing(reply: TransportReply): boolean {
  return PASSING.has(reply.status) && reply.header('retry-after') === undefined
}

/** What the first request came to says more than that there was no second. */
async function again(attempt: Attempt, first: () => TransportReply): Promise<TransportReply> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof TransportCircuitOpenError || error instanceof TransportOverloadedError) return first()
    throw error
  }
}

function isLostConnection(error: unknown): boolean {
  if (!(error instanceof TransportUnreachableError)) return false
  let cause: unknown = error.cause
  for (let depth = 0; depth < 3 && cause instanceof Error; depth++) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && LOST_CONNECTION.has(code)) return true
    cause = cause.cause
  }
  return false
}
