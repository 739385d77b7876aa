/** The public entry of the server side: options in, a handler for any framework out. */
import type { IntrospectionResponse } from '@token-introspection/core'
import { explainIntrospection, type Explanation } from './in-process/explain-introspection.ts'
import { toFetchResponse, toHttpRequest } from './http/fetch-message.ts'
import { handleIntrospection } from './handle-introspection.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from './http/http-message.ts'
import { type InProcessRequest, introspectInProcess } from './in-process/introspect-in-process.ts'
import { type EndpointLocation, type IntrospectionMetadata, introspectionMetadata } from './metadata.ts'
import { type IntrospectionHandlerOptions, resolveOptions } from './options.ts'

/** An introspection endpoint: call it with a web `Request`, or give its plain-data form to an adapter. */
export interface IntrospectionHandler<Claims extends object = object> extends HttpHandler {
  /**
   * The answer a protected resource would get, without HTTP: nobody authenticates, no budget is charged, no event is
   * reported. For an authorization server that has resources of its own, such as a userinfo endpoint.
   *
   * @throws TypeError for an empty token or a protected resource that is not registered.
   * @throws LookupStoreError, AuthorizationPolicyError and the other errors of the steps, where a request would be
   *   answered with one.
   */
  readonly introspect: (token: string, request: InProcessRequest) => Promise<IntrospectionResponse<Claims>>
  /**
   * Why a protected resource gets the answer it gets: for support and for tests. Never rejects for what a request would
   * be answered with an error; that is in the explanation.
   *
   * Security: it says what the inactive answer keeps to itself. Do not send it to a protected resource.
   *
   * @throws TypeError for an empty token.
   */
  readonly explain: (token: string, request: InProcessRequest) => Promise<Explanation>
  /**
   * What to publish about this endpoint: spread it into the metadata document, and into that of OpenID Connect if there
   * is one, so that the two agree (RFC 8414 §2, RFC 9701 §7). The public halves of `response.jwt.keys` belong to the keys
   * at `jwks_uri`.
   *
   * @throws TypeError for a URL that is not https.
   */
  readonly metadata: (location: EndpointLocation) => IntrospectionMetadata
}

/**
 * Creates the introspection endpoint of an authorization server (RFC 7662 §2).
 *
 * The order is fixed: the request is read and bounded, the protected resource authenticated, then the token looked
 * up, its disclosure decided, the answer shaped and written. Nothing about a token is touched for a caller who is
 * not authenticated. An unknown, expired, revoked or foreign token gets `{"active":false}`, byte for byte the same.
 *
 * @param options - read once; later changes to the object have no effect.
 * @throws TypeError naming the option when one is unknown, missing or out of range.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'
 * import { toNodeHandler } from '@token-introspection/server/node'
 *
 * const store = createMemoryTokenStore()
 * const introspection = createIntrospectionHandler({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: {
 *     protectedResources: [
 *       { id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: ['https://orders.example.com'] },
 *     ],
 *   },
 *   lookup: { store },
 * })
 *
 * createServer(toNodeHandler(introspection)).listen(8080)
 * ```
 * @see [RFC 7662 §2](https://www.rfc-editor.org/rfc/rfc7662.html#section-2)
 */
export function createIntrospectionHandler<Claims extends object = object>(
  options: IntrospectionHandlerOptions<Claims>,
): IntrospectionHandler<Claims> {
  const steps = resolveOptions(options)
  const handle = (request: HttpRequest): Promise<HttpResponse> => handleIntrospection(request, steps)
  const handler = async (request: Request): Promise<Response> =>
    toFetchResponse(await handle(toHttpRequest(request)), request.method)
  return Object.assign(handler, {
    handle,
    introspect: (token: string, request: InProcessRequest) =>
      introspectInProcess(token, request, steps) as Promise<IntrospectionResponse<Claims>>,
    explain: (token: string, request: InProcessRequest) => explainIntrospection(token, request, steps),
    metadata: (location: EndpointLocation) => introspectionMetadata(location, steps),
  })
}
