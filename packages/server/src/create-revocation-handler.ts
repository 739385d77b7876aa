/** The public entry of revocation: options in, a handler for any framework out. */
import { toFetchResponse, toHttpRequest } from './http/fetch-message.ts'
import { handleRevocation } from './handle-revocation.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from './http/http-message.ts'
import { type EndpointLocation, type RevocationMetadata, revocationMetadata } from './metadata.ts'
import { type RevocationHandlerOptions, resolveRevocationOptions } from './revocation-options.ts'

/** A revocation endpoint: call it with a web `Request`, or give its plain-data form to an adapter. */
export interface RevocationHandler extends HttpHandler {
  /**
   * What to publish about this endpoint: spread it into the metadata document (RFC 8414 §2). An alias for certificates goes
   * into one `mtls_endpoint_aliases` with that of other endpoints.
   *
   * @throws TypeError for a URL that is not https.
   */
  readonly metadata: (location: EndpointLocation) => RevocationMetadata
}

/**
 * Creates the revocation endpoint of an authorization server (RFC 7009 §2). Over the store that introspection reads, a
 * token is inactive from the moment its revocation is answered.
 *
 * A client revokes tokens that were issued to it (`client_id` of the record) and no others: a token of another client is
 * answered 400 `unauthorized_client`. A refresh token ends its whole grant, every token with the same `grantId`, so give
 * tokens one; an access token ends itself alone unless `revocation.accessTokenEndsGrant` is set. A token that is unknown,
 * expired or revoked already is answered 200, as one that was revoked now. When the store fails the answer is 503, and
 * the client asks again. For JWT access tokens give `lookup.resolvers`, and the store remembers which were revoked.
 *
 * Security: clients authenticate here, with credentials of their own. A protected resource that may introspect cannot
 * revoke. Public clients, which have no secret, are not served.
 *
 * @param options - read once; later changes to the object have no effect.
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
  const handler = async (request: Request): Promise<Response> =>
    toFetchResponse(await handle(toHttpRequest(request)), request.method)
  return Object.assign(handler, {
    handle,
    metadata: (location: EndpointLocation) => revocationMetadata(location, steps),
  })
}
