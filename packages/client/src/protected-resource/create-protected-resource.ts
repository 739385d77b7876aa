/** A protected resource whose metadata are derived from its guards (RFC 9728). */
import { copyOptions } from '@token-introspection/core/options'
import {
  JSON_MEDIA_TYPE,
  type ProtectedResourceMetadata,
  protectedResourceMetadataUrl,
} from '@token-introspection/core'
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import type { Guard, OptionalGuard } from '../guards/client-guard.ts'
import type { CombinedIssuers } from '../issuers/combined-issuers.ts'
import type { IssuersGuard, OptionalIssuersGuard } from '../issuers/issuers-guard.ts'
import type { IssuersGuardOptions, OptionalIssuersGuardOptions } from '../issuers/issuers-guard-options.ts'
import type { IssuerClients } from '../issuers/issuers-options.ts'
import type { GuardOptions, OptionalGuardOptions } from '../policy/policy-options.ts'
import { combineTerms, findContradiction, type GuardTerms, termsOf, union } from './guard-terms.ts'
import {
  type ProtectedResourceOptions,
  type ResolvedProtectedResource,
  resolveProtectedResource,
} from './protected-resource-options.ts'

/** An object that creates guards, as an `IntrospectionClient` does. */
export interface GuardMaker<Claims extends object = object> {
  readonly accepts: AcceptedTokens
  guard(options: OptionalGuardOptions<Claims>): OptionalGuard<Claims>
  guard(options?: GuardOptions<Claims>): Guard<Claims>
}

/** Options of a guard of a protected resource. The resource sets its audience and its metadata URL. */
export type ResourceGuardOptions<Claims extends object = object> = Omit<GuardOptions<Claims>, Given>

/** The same for a guard that lets requests without a token pass. */
export type OptionalResourceGuardOptions<Claims extends object = object> = Omit<OptionalGuardOptions<Claims>, Given>

/** The options that the resource sets for every guard. */
type Given = 'audience' | 'resourceMetadata'

/** A response as plain data. */
export interface MetadataResponse {
  readonly status: number
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The result of {@link createProtectedResource}. */
export interface ProtectedResource {
  /** The resource identifier. */
  readonly resource: string
  /** The URL of the document, for challenges and for routers (RFC 9728 §3.1). */
  readonly url: string
  /** The document, derived from the guards so far. */
  readonly metadata: Readonly<ProtectedResourceMetadata>
  /**
   * Creates a guard of this resource. Its audience is the resource, its challenges name the document, and the document
   * describes its requirements. Create every guard before the first request.
   *
   * @throws TypeError when an option is wrong, when the client accepts none of `authorizationServers`, or when the
   * guard contradicts `metadata`. The message names the option.
   */
  guard<Claims extends object>(
    client: GuardMaker<Claims>,
    options: OptionalResourceGuardOptions<NoInfer<Claims>>,
  ): OptionalGuard<Claims>
  guard<Claims extends object>(
    client: GuardMaker<Claims>,
    options?: ResourceGuardOptions<NoInfer<Claims>>,
  ): Guard<Claims>
  /** The same with several authorization servers, combined by `combineIssuers`. */
  guard<Clients extends IssuerClients>(
    issuers: CombinedIssuers<Clients>,
    options: Omit<OptionalIssuersGuardOptions<Clients>, Given>,
  ): OptionalIssuersGuard<Clients>
  guard<Clients extends IssuerClients>(
    issuers: CombinedIssuers<Clients>,
    options?: Omit<IssuersGuardOptions<Clients>, Given>,
  ): IssuersGuard<Clients>
  /**
   * Answers requests for the document; `undefined` for every other path. It does not compare the host, so it works
   * behind proxies. Scripts of any origin may read the document, also after a preflight.
   */
  handle(request: Request): Response | undefined
  /**
   * The same as plain data, for frameworks without web requests.
   *
   * @param target - path and query, unchanged, such as `request.url` of Node.
   */
  respond(method: string, target: string): MetadataResponse | undefined
}

/**
 * Creates a protected resource. Its metadata document tells clients where to get tokens, and of which kind (RFC 9728).
 *
 * The document is derived from the guards that this resource creates, so the two cannot disagree. It lists the scopes
 * and types of authorization details that any guard requires, and the bearer methods, DPoP algorithms and certificates
 * that all guards accept. Requirements that a function decides (`scope`, `authorizationDetails`, `check`) are not in
 * it; list such scopes in `metadata.scopes_supported`.
 *
 * @throws TypeError that names the option when one is unknown, missing or wrong.
 *
 * @example
 * ```ts
 * import { createProtectedResource, type IntrospectionClient } from '@token-introspection/client'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const orders = createProtectedResource({
 *     resource: 'https://api.example.com/orders',
 *     authorizationServers: ['https://as.example.com'],
 *     metadata: { resource_name: 'Orders' },
 *   })
 *   const mayRead = orders.guard(introspection, { scope: 'orders:read' })
 *   return async (request: Request): Promise<Response> => {
 *     const document = orders.handle(request)
 *     if (document !== undefined) return document
 *     const decision = await mayRead(request)
 *     if (!decision.allowed) return decision.toResponse()
 *     return Response.json({ orders: [], for: decision.token.sub })
 *   }
 * }
 * ```
 * @see [RFC 9728 §3](https://www.rfc-editor.org/rfc/rfc9728.html#section-3)
 */
export function createProtectedResource(options: ProtectedResourceOptions): ProtectedResource {
  const resolved = resolveProtectedResource(options)
  const { resource, maxAgeSeconds } = resolved
  const url = protectedResourceMetadataUrl(resource)
  const place = targetOf(url)
  const guards: GuardTerms[] = []
  let metadata = buildMetadata(resolved, guards)
  let body = JSON.stringify(metadata)

  function respond(method: string, target: string): MetadataResponse | undefined {
    return target === place ? respondWith(method, body, maxAgeSeconds) : undefined
  }

  function guard(maker: AnyGuardMaker, required: AnyGuardOptions = {}): unknown {
    const given = copyOptions('guard', required)
    refuseGiven('guard', given)
    for (const [name, own] of Object.entries(given.issuers ?? {})) refuseGiven(`guard.issuers.${name}`, own ?? {})
    const made = maker.guard({ ...given, audience: resource, resourceMetadata: url })
    const terms = termsOfAll(given, maker.accepts)
    for (const each of terms) checkTerms(each, resolved)
    guards.push(...terms)
    metadata = buildMetadata(resolved, guards)
    body = JSON.stringify(metadata)
    return made
  }

  return Object.freeze({
    resource,
    url,
    get metadata() {
      return metadata
    },
    guard: guard as ProtectedResource['guard'],
    respond,
    handle(request: Request): Response | undefined {
      const response = respond(request.method, targetOf(request.url))
      if (response === undefined) return undefined
      const { status, headers } = response
      return new Response(response.body === '' ? null : response.body, { status, headers: { ...headers } })
    },
  })
}

/** A client, or several combined clients. */
interface AnyGuardMaker {
  readonly accepts: AcceptedTokens
  guard(options: object): unknown
}

type AnyGuardOptions = ResourceGuardOptions & Pick<IssuersGuardOptions, 'issuers'>

function refuseGiven(path: string, options: object): void {
  for (const name of ['audience', 'resourceMetadata'] satisfies Given[]) {
    if ((options as GuardOptions)[name] !== undefined)
      throw new TypeError(`${path}.${name}: is set by the protected resource`)
  }
}

/** Options for single issuers exist when several authorization servers are combined. */
function termsOfAll({ issuers = {}, ...options }: AnyGuardOptions, accepts: AcceptedTokens): GuardTerms[] {
  return [{}, ...Object.values(issuers)].map((own) => termsOf({ ...options, ...own }, accepts))
}

/** Path and query of a URL. A resource with another query is another resource (RFC 9728 §3.1). */
function targetOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

function checkTerms(terms: GuardTerms, { authorizationServers, stated, error }: ResolvedProtectedResource): void {
  const isAccepted = (issuer: string) => terms.issuers.includes(issuer)
  if (authorizationServers !== undefined && terms.issuers.length > 0 && !authorizationServers.some(isAccepted)) {
    throw error('authorizationServers', 'names no issuer that the guard accepts')
  }
  const member = findContradiction(stated, terms)
  if (member !== undefined) throw error(`metadata.${member}`, 'contradicts the options of the guard')
}

function buildMetadata(
  { resource, authorizationServers, stated }: ResolvedProtectedResource,
  guards: readonly GuardTerms[],
): Readonly<ProtectedResourceMetadata> {
  const derived = combineTerms(guards)
  const whole: ProtectedResourceMetadata = {
    resource,
    ...derived,
    ...(authorizationServers !== undefined && { authorization_servers: [...authorizationServers] }),
    ...stated,
    scopes_supported: union([stated.scopes_supported ?? [], derived.scopes_supported ?? []]),
    authorization_details_types_supported: union([
      stated.authorization_details_types_supported ?? [],
      derived.authorization_details_types_supported ?? [],
    ]),
  }
  // Empty lists are left out, except an empty list of bearer methods, which means that bearer tokens are refused (RFC
  // 9728 §2, §3.2).
  const members = Object.entries(whole).filter(
    ([name, value]) => !(Array.isArray(value) && value.length === 0 && name !== 'bearer_methods_supported'),
  )
  for (const [, value] of members) if (Array.isArray(value)) Object.freeze(value)
  return Object.freeze(Object.fromEntries(members)) as Readonly<ProtectedResourceMetadata>
}

function respondWith(method: string, body: string, maxAgeSeconds: number): MetadataResponse {
  const open = { 'access-control-allow-origin': '*' }
  switch (method) {
    case 'GET':
    case 'HEAD':
      return {
        status: 200,
        headers: { ...open, 'content-type': JSON_MEDIA_TYPE, 'cache-control': `public, max-age=${maxAgeSeconds}` },
        body: method === 'HEAD' ? '' : body,
      }
    case 'OPTIONS':
      // Scripts with a header field of their own send a preflight, as those of MCP do for the protocol version.
      return {
        status: 204,
        headers: {
          ...open,
          'access-control-allow-methods': 'GET, HEAD',
          'access-control-allow-headers': '*',
          'access-control-max-age': String(maxAgeSeconds),
        },
        body: '',
      }
    default:
      return { status: 405, headers: { ...open, allow: 'GET, HEAD, OPTIONS' }, body: '' }
  }
}
