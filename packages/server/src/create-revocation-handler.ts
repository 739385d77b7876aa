/** The public entry of the revocation endpoint: options in, a handler for any framework out. */
import { checkedStore, type CheckResult, createCheck } from './check.ts'
import { toFetchHandler } from './http/to-fetch-handler.ts'
import { handleRevocation } from './handle-revocation.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from './http/http-message.ts'
import { type EndpointLocation, type RevocationMetadata, revocationMetadata } from './metadata.ts'
import { type RevocationHandlerOptions, resolveRevocationOptions } from './revocation-options.ts'

/** A revocation endpoint. Call it with a web `Request`, or pass its plain-data form to an adapter. */
export interface RevocationHandler extends HttpHandler {
  /**
   * Says whether the handler can do its work, without a request: its clock, the registry of clients, and the store or every
   * resolver. It is the `check` of an introspection handler without its keys. It revokes nothing, so it does not notice a store that can be
   * read and not written.
   */
  readonly check: () => Promise<CheckResult>
  /**
   * The metadata of this endpoint. Spread it into the metadata document (RFC 8414 §2). Merge its `mtls_endpoint_aliases` with
   * those of other endpoints.
   *
   * @throws TypeError for a URL that is not https.
   */
  readonly metadata: (location: EndpointLocation) => RevocationMetadata
}

/**
 * Creates the revocation endpoint of an authorization server (RFC 7009 §2). With the store that introspection reads, a token is
 * inactive from the moment when its revocation is answered.
 *
 * A client revokes only tokens that were issued to it (`client_id` of the record). For a token of another client the answer is
 * 400 `unauthorized_client`. A refresh token ends its whole grant, that is every token with the same `grantId`, so give every
 * token a `grantId`. An access token ends only itself unless `revocation.accessTokenEndsGrant` is set. An unknown, expired or
 * already revoked token is answered 200, like a token that was revoked now. When the store fails the answer is 503, and the
 * client tries again. For JWT access tokens set `lookup.resolvers`. The store then remembers which JWTs were revoked.
 *
 * Security: clients authenticate here with credentials of their own. A protected resource that may introspect cannot revoke.
 * The endpoint does not serve public clients, which have no secret.
 *
 * @param options - read once. Later changes to the object have no effect.
 * @throws TypeError naming the option when one is unknown, missing or out of range.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createMemoryTokenStore, createRevocationHandler } from '@token-introspection/server'
 * import { toNodeHandler } from '@token-introspection/server/node'
 *
 * const store = createMemoryTokenStore()
 * const revocation = createRevocationHandler({
 *   clientAuthentication: { clients: [{ id: 'web', clientSecrets: ['s3cr3t'] }] },
 *   lookup: { store },
 * })
 *
 * createServer(toNodeHandler(revocation)).listen(8081)
 * ```
 * @see [RFC 7009 §2](https://www.rfc-editor.org/rfc/rfc7009.html#section-2)
 */
export function createRevocationHandler(options: RevocationHandlerOptions): RevocationHandler {
  const steps = resolveRevocationOptions(options)
  const handle = (request: HttpRequest): Promise<HttpResponse> => handleRevocation(request, steps)
  return Object.assign(toFetchHandler(handle), {
    handle,
    check: createCheck(steps.clientAuthentication, () => [checkedStore(steps.lookup)]),
    metadata: (location: EndpointLocation) => revocationMetadata(location, steps),
  })
}
