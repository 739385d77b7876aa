/** The public entry of the server side: options in, a handler for any framework out. */
import { toFetchResponse, toHttpRequest } from './fetch-message.ts'
import { handleIntrospection } from './handle-introspection.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { type IntrospectionHandlerOptions, resolveOptions } from './options.ts'

/** An introspection endpoint: call it with a web `Request`, or give its plain-data form to an adapter. */
export interface IntrospectionHandler {
  /** The fetch form. The URL is ignored, so mount it wherever the metadata says. Never rejects. */
  (request: Request): Promise<Response>
  /** The plain-data form the adapters use. Never rejects. */
  readonly handle: (request: HttpRequest) => Promise<HttpResponse>
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
): IntrospectionHandler {
  const steps = resolveOptions(options)
  const handle = (request: HttpRequest): Promise<HttpResponse> => handleIntrospection(request, steps)
  const handler = async (request: Request): Promise<Response> =>
    toFetchResponse(await handle(toHttpRequest(request)), request.method)
  return Object.assign(handler, { handle })
}
