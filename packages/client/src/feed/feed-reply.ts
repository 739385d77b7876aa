/** Reads what a revocation feed answers: a page, or an event stream of pages (docs/revocation-feed.md §3). */
import { messageOf, parseJsonObject } from '@token-introspection/core'
import {
  MAX_PAGE_BYTES,
  parseReplayPage,
  parseRevocationPage,
  type RevocationEvent,
  type RevocationPage,
} from '@token-introspection/core/revocations'
import { ResponseMalformedError, TransportTimeoutError } from '../errors.ts'
import type { Deadlines } from '../transport/deadline.ts'
import type { ClientAuthentication } from '../transport/client-authentication/client-authentication.ts'
import type { SentReply } from '../transport/exchange.ts'
import { readJsonReply } from '../transport/read-reply.ts'
import { createEventStreamParser } from './event-stream.ts'
import { EventlessOctets } from './eventless-octets.ts'

/** Asks for the oldest events of the log in place of a position. */
export const REPLAY = Symbol('replay')

/** The name of the answer, for error messages. */
const ASKED = 'revocation feed'

const NOT_SERVED =
  'Is the revocation feed served at this URL, for GET as well as for POST? Mount createRevocationFeedHandler there for both methods'

/** What else the status of an answer may mean. */
const HINTS = { 404: NOT_SERVED, 405: NOT_SERVED }

/**
 * The page in an answer.
 *
 * @param after - the position that was asked about.
 * @param clientAuthentication - that of the request, for the message about refused credentials.
 * @param url - where the feed is, for messages.
 * @throws ResponseMalformedError when it is no page, or does not follow the position.
 * @throws TransportUnauthorizedError, TransportStatusError for another status.
 */
export function readFeedPage(
  reply: SentReply,
  after: string | typeof REPLAY | undefined,
  clientAuthentication: ClientAuthentication,
  url?: string,
): RevocationPage {
  const { sent } = reply
  const { advice, method, clientId } = clientAuthentication
  const permission = 'follow its revocation feed'
  const context = { url, hints: HINTS, ...(sent && { advice, credentials: { method, clientId }, sent, permission }) }
  return explain(() => {
    const value = readJsonReply(reply, ASKED, context)
    return after === REPLAY ? parseReplayPage(value) : parseRevocationPage(value, after)
  })
}

/**
 * Gives the events of each page of a stream to `onEvents`, also of a page without any, until the stream ends, `onEvents` returns `false`, or a page says that the
 * server does not have the position. The connection is closed then.
 *
 * @param silence - limits the time without a single octet.
 * @param nowMs - milliseconds since the epoch, to limit the octets without an event.
 * @throws ResponseMalformedError when the stream has something else than pages that follow one another, or goes on and on
 * without an event.
 * @throws TransportTimeoutError when nothing came for too long; the reason of the signal when it aborts.
 */
export async function readFeedStream(
  chunks: AsyncIterable<Uint8Array>,
  after: string,
  onEvents: (events: readonly RevocationEvent[]) => boolean,
  {
    silence,
    signal,
    nowMs,
  }: { readonly silence: Deadlines; readonly signal: AbortSignal; readonly nowMs: () => number },
): Promise<void> {
  const parser = createEventStreamParser(MAX_PAGE_BYTES)
  const eventless = new EventlessOctets(nowMs)
  const octets = chunks[Symbol.asyncIterator]()
  let position = after
  try {
    for (;;) {
      const next = await within(silence, signal, () => octets.next())
      if (next.done === true) return
      explain(() => eventless.add(next.value.byteLength))
      for (const message of explain(() => parser.push(next.value))) {
        const page = explain(() => parseRevocationPage(parseJsonObject(message), position))
        if (page.gap) return
        if (!onEvents(page.events)) return
        if (page.events.length > 0) eventless.restart()
        position = page.position
      }
    }
  } finally {
    // Not awaited, because the end of the connection needs no answer.
    void octets.return?.()
  }
}

async function within<Value>(silence: Deadlines, signal: AbortSignal, act: () => Promise<Value>): Promise<Value> {
  const deadline = silence.start(signal)
  try {
    return await deadline.race(act())
  } catch (error) {
    if (!(error instanceof TransportTimeoutError)) throw error
    throw new TransportTimeoutError(
      `${ASKED}: the event stream has sent nothing for ${silence.durationMs / 1000} s, not even a comment. Does a proxy hold ` +
        'it back? Proxies must not buffer text/event-stream',
      { cause: error },
    )
  } finally {
    deadline.settle()
  }
}

const REMEDY =
  'The URL may be that of something else, or a proxy may answer in place of the authorization server. The client remembers ' +
  'answers as without a feed until this is mended'

/** Says in the error of an answer that is no page what to do about it. */
function explain<Value>(read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ResponseMalformedError)) throw error
    const message = messageOf(error)
    const named = message.startsWith(ASKED) ? message : `${ASKED}: ${message}`
    throw new ResponseMalformedError(`${named}. ${REMEDY}`, { cause: error })
  }
}
