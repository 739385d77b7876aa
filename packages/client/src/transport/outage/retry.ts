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

/**
 * Makes a request, and once more when the connection was lost, or a gateway had nobody to ask and did not say for how
 * long. All within the deadline of the call.
 *
 * @param attempt - builds the request anew each time, as an assertion may be used only once.
 */
export async function withRetry(
  attempt: () => Promise<TransportReply>,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<TransportReply> {
  if (retry === undefined) return attempt()
  let reply: TransportReply
  try {
    reply = await attempt()
  } catch (error) {
    if (!isLostConnection(error)) throw error
    return again(attempt, () => {
      throw error
    })
  }
  if (!PASSING.has(reply.status) || reply.header('retry-after') !== undefined) return reply
  await cancellation.race(retry.wait(MIN_WAIT_MS + retry.random() * (MAX_WAIT_MS - MIN_WAIT_MS)))
  return again(attempt, () => reply)
}

/** What the first request came to says more than that there was no second. */
async function again(attempt: () => Promise<TransportReply>, first: () => TransportReply): Promise<TransportReply> {
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
