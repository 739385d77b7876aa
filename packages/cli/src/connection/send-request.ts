/** Sends one request, and reads its answer within limits. Redirects are answers, too. */
import type { Dispatcher } from 'undici'
import type { ReceivedAnswer, SentRequest } from './exchange.ts'
import { UnableError } from '../errors.ts'

/** The octets of an answer, at most. */
const MAX_BYTES = 65_536

/** How long an answer may take. */
export interface SendLimits {
  /** For the whole answer, also when it comes octet by octet. */
  readonly timeoutMs: number
  /** Ends the request early. */
  readonly signal?: AbortSignal
}

/** @throws UnableError when no complete answer comes. */
export async function sendRequest(
  { method, url, headers, body }: SentRequest,
  dispatcher: Dispatcher,
  { timeoutMs, signal }: SendLimits,
): Promise<ReceivedAnswer> {
  const { origin, pathname, search } = new URL(url)
  const late = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await dispatcher.request({
      origin,
      path: pathname + search,
      method,
      headers,
      body: method === 'GET' ? null : body,
      headersTimeout: timeoutMs,
      signal: signal === undefined ? late : AbortSignal.any([late, signal]),
    })
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of answer.body as AsyncIterable<Uint8Array>) {
      length += part.length
      if (length > MAX_BYTES) throw new UnableError(`the answer has more than ${MAX_BYTES} octets`)
      parts.push(part)
    }
    const fields = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    )
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(fields) as Record<string, string>,
      body: Buffer.concat(parts).toString('utf8'),
    }
  } catch (error) {
    if (error instanceof UnableError) throw error
    const reason = error instanceof Error ? error.message : 'no complete answer'
    throw new UnableError(`no complete answer from ${origin}${pathname}: ${reason}`, { cause: error })
  }
}
