/** The public entry of the revocation feed: options in, a handler for any framework out. */
import { checkedLog, type CheckResult, createCheck } from './check.ts'
import { toFetchHandler } from './http/to-fetch-handler.ts'
import { handleRevocationFeed } from './handle-revocation-feed.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from './http/http-message.ts'
import { type EndpointLocation, type RevocationFeedMetadata, revocationFeedMetadata } from './metadata.ts'
import { type RevocationFeedHandlerOptions, resolveRevocationFeedOptions } from './revocation-feed-options.ts'

/** A revocation feed. Call it with a web `Request`, or pass its plain-data form to an adapter. */
export interface RevocationFeedHandler extends HttpHandler {
  /**
   * Says whether the handler can do its work, without a request: its clock, the registry of protected resources, and the last
   * position of the log. It reads no event and takes no place of a follower. It fails after `close`, so that a readiness probe sends
   * followers to other processes.
   */
  readonly check: () => Promise<CheckResult>
  /**
   * The metadata of this endpoint. Spread it into the metadata document (RFC 8414 §2), so that resource servers find the feed.
   * Merge its `mtls_endpoint_aliases` with those of other endpoints.
   *
   * @throws TypeError for a URL that is not https.
   */
  readonly metadata: (location: EndpointLocation) => RevocationFeedMetadata
  /**
   * Ends all streams and waiting questions. Later questions are answered 503. Call it before you close the server, because an
   * open stream keeps a server open. The Fastify form does so by itself. With the Node form, streams also end by themselves at
   * their next heartbeat after `server.close()`.
   */
  readonly close: () => void
}

/**
 * Creates the feed of revocations of an authorization server. Resource servers that follow it can remember answers for minutes
 * and refuse a revoked token within milliseconds.
 *
 * The handler answers `GET ?after=<position>`, and the same question as the form of a POST, with the events after that position.
 * Every question is answered by a read of the log that begins after the question has arrived; questions that wait together share
 * one. `wait=<seconds>` makes it wait for an event. `Accept: text/event-stream` opens a stream. All followers at the same position
 * share one read and one text per batch of events. A follower that does not read is dropped.
 *
 * Security: the callers are protected resources, with the credentials of the introspection endpoint. They get keys, kinds, times
 * and positions, and nothing from which a user, a token or a client could be found. The pages are never signed, so
 * `requireJwtResponse` of a protected resource has no effect here.
 *
 * @param options - read once. Later changes to the object have no effect.
 * @throws TypeError naming the option when one is unknown, missing or out of range.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createRevocationFeedHandler, type RevocationLog } from '@token-introspection/server'
 * import { toNodeHandler } from '@token-introspection/server/node'
 *
 * export function serveFeed(store: { readonly revocations: RevocationLog }) {
 *   const feed = createRevocationFeedHandler({
 *     store,
 *     clientAuthentication: { protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'] }] },
 *   })
 *   const server = createServer(toNodeHandler(feed)).listen(8082)
 *   return { server, metadata: feed.metadata({ url: 'https://as.example.com/revocations' }) }
 * }
 * ```
 */
export function createRevocationFeedHandler(options: RevocationFeedHandlerOptions): RevocationFeedHandler {
  const steps = resolveRevocationFeedOptions(options)
  const handle = (request: HttpRequest): Promise<HttpResponse> => handleRevocationFeed(request, steps)
  return Object.assign(toFetchHandler(handle), {
    handle,
    check: createCheck(steps.clientAuthentication, () => [checkedLog(steps.feed)]),
    metadata: (location: EndpointLocation) => revocationFeedMetadata(location, steps),
    close: () => steps.feed.followers.close(),
  })
}
