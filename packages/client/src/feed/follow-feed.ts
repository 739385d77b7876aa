/** Follows the revocation feed of an authorization server (docs/revocation-feed.md). */
import { EVENT_STREAM_MEDIA_TYPE, JSON_MEDIA_TYPE, withoutQuery } from '@token-introspection/core'
import { httpRemedy, OptionGroup, resolveSecret } from '@token-introspection/core/options'
import {
  createFoundRevocationKeys,
  type RevocationEvent,
  revocationKeyCheck,
  type RevocationKeys,
  type RevocationPage,
} from '@token-introspection/core/revocations'
import { RevocationSecretError, TransportStatusError } from '../errors.ts'
import type {
  FollowerSurroundings,
  RevocationConnection,
  RevocationFollower,
} from '../revocations/revocation-follower.ts'
import { type Deadline, Deadlines } from '../transport/deadline.ts'
import { exchangeRequest } from '../transport/exchange.ts'
import { isEndpoint } from '../transport/is-endpoint.ts'
import type { StreamReply, TransportRequest } from '../transport/transport.ts'
import { readFeedPage, readFeedStream, REPLAY } from './feed-reply.ts'
import { buildFeedRequest, type FeedQuestion } from './feed-request.ts'
import { refuseMisplaced } from './refuse-misplaced.ts'

/** Options of {@link followFeed}. */
export interface FollowFeedOptions {
  /**
   * The URL of the feed, at any address: of the authorization server, or of a relay. It must be https, unless
   * `transport.allowHttpOnLoopback` or `transport.allowHttpOrigins` of the client allow it. Default
   * `revocation_feed_endpoint` from the metadata of the issuer, which `transport.allowedEndpointOrigins` applies to.
   */
  readonly url?: string | undefined
  /**
   * The secret of the revocation log of the authorization server: `revocationLog.keySecret` of its token store. At least 32
   * characters. Only for a client that verifies JWTs without introspection: `jwt.mode` is `local` or `local-or-introspect`. The
   * client begins with the oldest events of the log, and finds with the secret which JWTs an event ends. Default none.
   *
   * Security: with the secret one can try names of users and find which of them an event is about. Give it to the resource
   * servers that need it, over a way that keeps it secret. The client does not send it. When it is not the secret of the feed,
   * every question fails with `ERR_REVOCATION_SECRET`.
   *
   * Or a function that finds it with the first question, so that a build needs no secret. When the function fails, questions and
   * calls about JWTs fail with `ERR_SECRET_UNAVAILABLE`, and the next one asks it again.
   */
  readonly keySecret?: string | (() => string | Promise<string>) | undefined
}

/** The name of the endpoint in the metadata. */
const METADATA_MEMBER = 'revocation_feed_endpoint'
/** How long the server may wait for an event, where it cannot send an event stream. Proxies cut off after 30 s or more. */
const WAIT_SECONDS = 20
/** A feed that is asked to wait answers with no event, and sooner than this: then it does not wait. */
const SOON_MS = 1000
/** The server sends a comment every 30 s. */
const SILENCE_MS = 45_000

/** Where options belong that people give here. */
const BELONGS_ELSEWHERE = {
  endpoint: 'is called url here: followFeed({ url })',
  leaseSeconds: 'belongs to the client: cache.leaseSeconds',
  maxAgeWhileConnectedSeconds: 'belongs to the client: cache.maxAgeWhileConnectedSeconds',
  ...Object.fromEntries(
    ['issuer', 'clientAuthentication', 'transport'].map((name) => [
      name,
      `belongs to the client, or to the options of relayRevocations and connectFollower`,
    ]),
  ),
}

const STREAM_OR_PAGE = `${EVENT_STREAM_MEDIA_TYPE}, ${JSON_MEDIA_TYPE};q=0.5`

/**
 * Follows the revocation feed of the authorization server, for the option `revocations` of an `IntrospectionClient`.
 *
 * The client asks the feed with its own client authentication, TLS settings, header fields and deadline. Requests to the
 * feed take no place of introspection requests, and no circuit counts them. Events come by an event stream. Where that
 * is impossible, because `transport.send` cannot stream or the server answers with a page, they come by a long poll.
 *
 * Security: a feed cannot make a token good. The worst that a false feed can do is to send no events, and to make the
 * client ask more often.
 *
 * @throws TypeError when `url` is not an absolute URL without fragment and credentials, or `keySecret` is too short.
 * @example
 * ```ts
 * import { followFeed } from '@token-introspection/client/revocations'
 *
 * export const revocations = followFeed()
 * export const throughRelay = followFeed({ url: 'https://relay.internal.example/revocations' })
 * ```
 */
export function followFeed(options: FollowFeedOptions = {}): RevocationFollower {
  if (typeof options === 'string' || options instanceof URL) {
    throw new TypeError('url: must be given by its name: followFeed({ url })')
  }
  refuseMisplaced(options, BELONGS_ELSEWHERE)
  const group = new OptionGroup('', options, ['url', 'keySecret'])
  if (group.raw('url') instanceof URL) throw group.error('url', 'must be a string: give the href of the URL')
  const url = group.string('url')
  if (
    url !== undefined &&
    !(URL.canParse(url) && isEndpoint(new URL(url), { allowHttpOrigins: new Set([new URL(url).origin]) }))
  ) {
    throw group.error('url', 'must be an absolute https URL without fragment and credentials')
  }
  const findSecret = resolveSecret(group, 'keySecret')
  const keyOf = findSecret && createFoundRevocationKeys(findSecret)
  return {
    bound: 'proven',
    keyOf,
    connect: (surroundings) => connectFeed(url, keyOf, surroundings),
  }
}

/** Connects to the feed at a URL, or to the one in the metadata. */
function connectFeed(
  url: string | undefined,
  keyOf: RevocationKeys | undefined,
  { transport, nowMs, wantsKeyCheck = keyOf !== undefined }: FollowerSurroundings,
): RevocationConnection {
  if (url !== undefined && !isEndpoint(new URL(url), transport.urlRules)) {
    throw new OptionGroup('', undefined, []).error(
      'revocations',
      `the URL of the feed must be https${httpRemedy(url, new OptionGroup('transport', undefined, []))}`,
    )
  }
  if (url === undefined && transport.issuer === undefined) {
    throw new OptionGroup('', undefined, []).error(
      'revocations',
      'followFeed() needs url: without the option issuer there are no metadata that name the feed',
    )
  }
  const { feed, clientAuthentication, retry } = transport
  const waits = new Deadlines(WAIT_SECONDS * 1000 + transport.deadlines.durationMs)
  const silence = new Deadlines(SILENCE_MS)
  /** Ends everything that is under way. */
  const open = new Set<AbortController>()
  let isClosed = false
  let endpoint = url

  async function exchange(
    question: FeedQuestion,
    deadline: Deadline,
    send: (request: TransportRequest) => Promise<StreamReply>,
  ) {
    const target = url ?? (await deadline.race(feed.findEndpoint(METADATA_MEMBER)))
    endpoint = target
    deadline.waitsFor = () => `revocation feed at ${withoutQuery(target)}`
    const build = (): Promise<TransportRequest> => buildFeedRequest(question, target, deadline, transport)
    return exchangeRequest(build, deadline, { clientAuthentication, retry, send })
  }

  /** Runs until it ends, the signal aborts, or the connection is closed. */
  async function during<Value>(signal: AbortSignal, act: (own: AbortSignal) => Promise<Value>): Promise<Value> {
    if (isClosed) throw closedError()
    signal.throwIfAborted()
    const own = new AbortController()
    const abort = (): void => own.abort(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    open.add(own)
    try {
      return await act(own.signal)
    } finally {
      open.delete(own)
      signal.removeEventListener('abort', abort)
    }
  }

  async function ask(after: string | typeof REPLAY | undefined, signal: AbortSignal): Promise<RevocationPage> {
    const deadline = transport.deadlines.start(signal)
    try {
      const reply = await exchange({ after, wantsKeyCheck, accept: JSON_MEDIA_TYPE }, deadline, feed.send)
      const page = readFeedPage(reply, after, clientAuthentication, endpoint)
      if (keyOf !== undefined && page.key_check !== (await revocationKeyCheck(keyOf))) throw wrongSecret(page)
      return page
    } finally {
      deadline.settle()
    }
  }

  async function listen(
    after: string,
    onEvents: (events: readonly RevocationEvent[]) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const accept = feed.stream === undefined ? JSON_MEDIA_TYPE : STREAM_OR_PAGE
    const deadline = waits.start(signal)
    const startedAtMs = nowMs()
    try {
      const question = { after, accept, waitSeconds: WAIT_SECONDS }
      const reply = await exchange(question, deadline, feed.stream ?? feed.send)
      if ('chunks' in reply && reply.chunks !== undefined) {
        deadline.settle()
        await readFeedStream(reply.chunks, after, onEvents, { silence, signal, nowMs })
        return
      }
      const { events, gap } = readFeedPage(reply, after, clientAuthentication, endpoint)
      if (gap) return
      if (events.length === 0 && Math.abs(nowMs() - startedAtMs) < SOON_MS) throw doesNotWait()
      onEvents(events)
    } finally {
      deadline.settle()
    }
  }

  return {
    get url() {
      return endpoint
    },
    ask: (after, signal) => during(signal, (own) => ask(after, own)),
    replay: (signal) => during(signal, (own) => ask(REPLAY, own)),
    listen: (after, onEvents, signal) => during(signal, (own) => listen(after, onEvents, own)),
    close() {
      isClosed = true
      for (const controller of open) controller.abort(closedError())
    },
  }
}

function wrongSecret({ key_check: keyCheck }: RevocationPage): RevocationSecretError {
  return new RevocationSecretError(
    keyCheck === undefined
      ? 'revocation feed: the pages have no key_check, so nothing says whether keySecret is the secret of the log'
      : 'revocation feed: keySecret is not the secret of the log. Give followFeed the revocationLog.keySecret that the token store ' +
          'of the authorization server has now. Until then, a revocation ends no JWT that is not introspected',
  )
}

function closedError(): TypeError {
  return new TypeError('the connection to the revocation feed is closed')
}

/** The client would ask again at once, without an end. */
function doesNotWait(): TransportStatusError {
  return new TransportStatusError(
    `revocation feed: the server was asked to wait up to ${WAIT_SECONDS} s for an event, and answered at once without one. It may ` +
      'be shutting down; otherwise it supports neither event streams nor waiting, and the client hears of revocations ' +
      'only when it asks',
    { status: 200 },
  )
}
