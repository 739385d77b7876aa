/** Step `transport`: repeats a request once that failed for a passing reason. */
import { TransportCircuitOpenError, TransportOverloadedError, TransportUnreachableError } from '../../errors.ts'
import type { Cancellation } from '../cancellation.ts'
import type { TransportReply } from '../transport.ts'

/** The settings of the step. */
export interface RetrySettings {
  readonly wait: (ms: number) => Promise<void>
  /** At least 0 and below 1. */
  readonly random: () => number
}

/** How long to wait for a server between two processes. */
const MIN_WAIT_MS = 20
const MAX_WAIT_MS = 80

/** Statuses of gateways that have no server behind them for a moment. */
const PASSING = new Set([502, 503, 504])

/** Error codes of a connection that the other side has closed: it was idle for too long, or the process ended. */
const LOST_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'ConnectionClosed'])

/** Error codes of a failed connection attempt. Nothing was sent, and an attempt a moment later may succeed. */
const UNSENT = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ConnectionRefused',
])

/** How long to wait before each further attempt to connect. */
const UNSENT_WAITS = [1, 4]

/**
 * Sends a request. It is built anew for each attempt, because an assertion may be used only once.
 *
 * @param freshConnection - whether the attempt needs a connection that was never used.
 */
type Attempt<Reply> = (freshConnection: boolean) => Promise<Reply>

/**
 * Sends a request. It is repeated once when its connection was lost, then over a fresh one, or when a gateway had no
 * server and sent no `Retry-After`. It is repeated up to twice when there was no connection, because then nothing was
 * sent. All attempts are within the deadline of the call.
 */
export async function withRetry<Reply extends TransportReply>(
  attempt: Attempt<Reply>,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<Reply> {
  let reply: Reply
  try {
    reply = await attempt(false)
  } catch (error) {
    return retryFailed(error, attempt, cancellation, retry)
  }
  return isPassing(reply) ? retryPassing(reply, attempt, cancellation, retry) : reply
}

/**
 * The second half of {@link withRetry}, for a request that failed. Without a second attempt it rejects with the same
 * error.
 */
export async function retryFailed<Reply extends TransportReply>(
  error: unknown,
  attempt: Attempt<Reply>,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<Reply> {
  if (retry === undefined) throw error
  if (isLostConnection(error)) {
    return again(
      () => attempt(true),
      () => {
        throw error
      },
    )
  }
  let failure = error
  for (const factor of UNSENT_WAITS) {
    if (!isUnsent(failure)) break
    await cancellation.race(retry.wait(factor * waitMs(retry)))
    try {
      return await attempt(false)
    } catch (next) {
      if (!isShed(next)) failure = next
    }
  }
  throw failure
}

/** The second half of {@link withRetry}, for a reply that {@link isPassing}. */
export async function retryPassing<Reply extends TransportReply>(
  reply: Reply,
  attempt: Attempt<Reply>,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<Reply> {
  if (retry === undefined) return reply
  await cancellation.race(retry.wait(waitMs(retry)))
  return again(
    () => attempt(false),
    () => reply,
  )
}

/** Whether a new request a moment later may get another reply. */
export function isPassing(reply: TransportReply): boolean {
  return PASSING.has(reply.status) && reply.header('retry-after') === undefined
}

/** Whether the other side had closed the connection. */
export function isLostConnection(error: unknown): boolean {
  return failedBy(error, LOST_CONNECTION)
}

function isUnsent(error: unknown): boolean {
  return failedBy(error, UNSENT)
}

function waitMs({ random }: RetrySettings): number {
  return MIN_WAIT_MS + random() * (MAX_WAIT_MS - MIN_WAIT_MS)
}

/** The outcome of the first request says more than the error of the second attempt. */
async function again<Reply>(attempt: () => Promise<Reply>, first: () => Reply): Promise<Reply> {
  try {
    return await attempt()
  } catch (error) {
    if (isShed(error)) return first()
    throw error
  }
}

/** Whether the client sent nothing because of its own limits. */
function isShed(error: unknown): boolean {
  return error instanceof TransportCircuitOpenError || error instanceof TransportOverloadedError
}

function failedBy(error: unknown, codes: ReadonlySet<string>): boolean {
  if (!(error instanceof TransportUnreachableError)) return false
  let cause: unknown = error.cause
  for (let depth = 0; depth < 3 && cause instanceof Error; depth++) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && codes.has(code)) return true
    cause = cause.cause
  }
  return false
}
