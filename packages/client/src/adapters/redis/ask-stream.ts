/** Asks a log in Redis what comes after a position. */
import {
  readRevocationStream,
  type RevocationStreamReading,
  type SendRedisCommand,
} from '@token-introspection/core/redis'
import type { RevocationConnection } from '../../index.ts'

/** A server that hangs leaves questions unanswered. The clients of Redis keep them, so there must not be more and more. */
const MAX_UNANSWERED = 8

/**
 * Creates the questions of one client.
 *
 * @param closed - aborts when the client closes the follower. Every question fails then.
 */
export function askStream(
  send: SendRedisCommand,
  reading: RevocationStreamReading,
  closed: AbortSignal,
): RevocationConnection['ask'] {
  let unanswered = 0
  return async (after, given) => {
    const signal = AbortSignal.any([given, closed])
    signal.throwIfAborted()
    if (unanswered >= MAX_UNANSWERED) throw new Error(`Redis has not answered the last ${MAX_UNANSWERED} questions`)
    unanswered++
    const answer = readRevocationStream(send, reading, after).finally(() => unanswered--)
    const page = await unlessAborted(answer, signal)
    if (page !== undefined) return page
    const { stream } = reading.keys
    throw new Error(`no log of revocations in ${stream}: set revocationLog at the token store, and compare keyPrefix`)
  }
}

/** Rejects as soon as the signal aborts. No command of Redis can be taken back. */
function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  return promise
}
