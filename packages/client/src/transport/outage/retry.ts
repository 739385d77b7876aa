/** Step `transport`: a request that came to nothing by bad luck is made once more, at once. */
import { TransportCircuitOpenError, TransportOverloadedError, TransportUnreachableError } from '../../errors.ts'
import type { Cancellation } from '../cancellation.ts'
import type { TransportReply } from '../transport.ts'

/** The settings of the step. */
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
const LOST_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'ConnectionClosed'])

/** Why there was no connection: nothing was sent, and a moment later there may be one. */
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

/** How much longer to wait before each further try to connect. */
const UNSENT_WAITS = [1, 4]

/**
 * A request, built anew each time, as an assertion may be used only once.
 *
 * @param freshConnection - whether it needs a connection that was never used.
 */
type Attempt = (freshConnection: boolean) => Promise<TransportReply>

/**
 * Makes a request. It is made once more when its connection was lost, then over a fresh one, or when a gateway had nobody to
 * ask and did not say for how long; and up to twice more when there was no connection, as nothing was sent then. All within
 * the deadline of the call.
 */
export async function withRetry(
  attempt: Attempt,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<TransportReply> {
  let reply: TransportReply
  try {
    reply = await attempt(false)
  } catch (error) {
    return retryFailed(error, attempt, cancellation, retry)
  }
  return isPassing(reply) ? retryPassing(reply, attempt, cancellation, retry) : reply
}

/** The second half of {@link withRetry}, for a request that failed; it fails the same when there is no second try. */
export async function retryFailed(
  error: unknown,
  attempt: Attempt,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<TransportReply> {
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
export async function retryPassing(
  reply: TransportReply,
  attempt: Attempt,
  cancellation: Pick<Cancellation, 'race'>,
  retry: RetrySettings | undefined,
): Promise<TransportReply> {
  if (retry === undefined) return reply
  await cancellation.race(retry.wait(waitMs(retry)))
  return again(
    () => attempt(false),
    () => reply,
  )
}

/** Whether a reply says that a moment later it may be another. */
export function isPassing(reply: TransportReply): boolean {
  return PASSING.has(reply.status) && reply.header('retry-after') === undefined
}

/** Whether the other side had given the connection up. */
export function isLostConnection(error: unknown): boolean {
  return failedBy(error, LOST_CONNECTION)
}

function isUnsent(error: unknown): boolean {
  return failedBy(error, UNSENT)
}

function waitMs({ random }: RetrySettings): number {
  return MIN_WAIT_MS + random() * (MAX_WAIT_MS - MIN_WAIT_MS)
}

/** What the first request came to says more than that there was no second. */
async function again(attempt: () => Promise<TransportReply>, first: () => TransportReply): Promise<TransportReply> {
  try {
    return await attempt()
  } catch (error) {
    if (isShed(error)) return first()
    throw error
  }
}

/** Whether nothing was sent because of other requests. */
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
