/** The public entry of the introspection endpoint: options in, a handler for any framework out. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { checkedKeys, checkedStore, type CheckResult, createCheck } from './check.ts'
import { explainIntrospection, type Explanation } from './in-process/explain-introspection.ts'
import { toFetchHandler } from './http/to-fetch-handler.ts'
import { handleIntrospection } from './handle-introspection.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from './http/http-message.ts'
import { type InProcessRequest, introspectInProcess } from './in-process/introspect-in-process.ts'
import { type EndpointLocation, type IntrospectionMetadata, introspectionMetadata } from './metadata.ts'
import { type IntrospectionHandlerOptions, resolveOptions } from './options.ts'

/** An introspection endpoint. Call it with a web `Request`, or pass its plain-data form to an adapter. */
export interface IntrospectionHandler<Claims extends object = object> extends HttpHandler {
  /**
   * The answer that a protected resource would get, without HTTP. Nobody authenticates, no budget is charged, and no event is
   * reported. Use it inside an authorization server with resources of its own, such as a userinfo endpoint.
   *
   * @throws TypeError for an empty token or an unregistered protected resource.
   * @throws LookupStoreError, AuthorizationPolicyError and the other errors of the steps, when a request would be answered
   *   with an error.
   */
  readonly introspect: (token: string, request: InProcessRequest) => Promise<IntrospectionResponse<Claims>>
  /**
   * Explains why a protected resource gets its answer, for support and for tests. It does not reject when a request would be
   * answered with an error: the explanation contains the error.
   *
   * Security: the explanation says what the inactive answer hides. Do not send it to a protected resource.
   *
   * @throws TypeError for an empty token.
   */
  readonly explain: (token: string, request: InProcessRequest) => Promise<Explanation>
  /**
   * Says whether the handler can do its work, without a request. It looks at the clock, asks the registry about an identifier and
   * the store or every resolver about a token that it makes up, and signs with every key of `response.jwt` that signs now.
   *
   * Each step takes no longer than `timeoutMs`, and simultaneous calls share one check. No event is reported, no budget is
   * charged and nothing is written. It never rejects: a fault is a value with the step, whose side it is on, the error and the
   * remedy.
   *
   * Security: do not show the result to strangers, because its error names parts of your system.
   *
   * @example
   * ```ts
   * import type { IntrospectionHandler } from '@token-introspection/server'
   *
   * export async function readiness(introspection: IntrospectionHandler): Promise<Response> {
   *   const health = await introspection.check()
   *   if (!health.ok) console.error(`${health.step} failed: ${health.error.message}. ${health.remedy}`)
   *   return new Response(null, { status: health.ok ? 204 : 503 })
   * }
   * ```
   */
  readonly check: () => Promise<CheckResult>
  /**
   * The metadata of this endpoint. Spread it into the metadata document, and into the OpenID Connect document if you have one,
   * so that both agree (RFC 8414 §2, RFC 9701 §7). Publish the public keys of `response.jwt.keys` at `jwks_uri`.
   *
   * @throws TypeError for a URL that is not https.
   */
  readonly metadata: (location: EndpointLocation) => IntrospectionMetadata
}

/**
 * Creates the introspection endpoint of an authorization server (RFC 7662 §2).
 *
 * The order of the steps is fixed. The handler reads the request within its limits, authenticates the protected resource, looks
 * up the token, decides what may be disclosed, and shapes and writes the answer. It touches no token before the caller is
 * authenticated. Every unknown, expired, revoked or foreign token gets the same octets, `{"active":false}`.
 *
 * @param options - read once. Later changes to the object have no effect.
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
  const handle = (request: HttpRequest): MaybePromise<HttpResponse> => handleIntrospection(request, steps)
  return Object.assign(toFetchHandler(handle), {
    handle,
    introspect: (token: string, request: InProcessRequest) =>
      introspectInProcess(token, request, steps) as Promise<IntrospectionResponse<Claims>>,
    explain: (token: string, request: InProcessRequest) => explainIntrospection(token, request, steps),
    check: createCheck(steps.clientAuthentication, () => [
      checkedStore(steps.lookup),
      ...(steps.response.jwt === undefined ? [] : checkedKeys(steps.response.jwt)),
    ]),
    metadata: (location: EndpointLocation) => introspectionMetadata(location, steps),
  })
}
