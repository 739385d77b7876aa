/** Options of IntrospectionClient and its guards: documented, defaulted, read once. */
import {
  type ClaimsSchema,
  isIssuer,
  isLoopbackHost,
  isScopeToken,
  parseScope,
  toNumericDate,
  type UrlRules,
} from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createDefaultTransport } from '#default-transport'
import type { OnEvent } from './events.ts'
import type { EndpointSource, Steps } from './introspect.ts'
import type { Policy } from './policy/check-policy.ts'
import type { ChallengeSettings } from './result/refusal.ts'
import type { ClientAuthentication } from './transport/client-authentication/client-authentication.ts'
import { Deadlines } from './transport/deadline.ts'
import { EndpointDiscovery } from './transport/discover-endpoint.ts'
import { type Fetch, fetchSend } from './transport/fetch-send.ts'
import { isEndpoint } from './transport/is-endpoint.ts'
import type { Send, Transport } from './transport/transport.ts'

/** Step `token`: what is taken for a token. */
export interface TokenOptions {
  /** Octets a token may have; a longer one is inactive unasked. Default 8192, from 64 to 65536. */
  readonly maxBytes?: number | undefined
}

/** Step `transport`: how the authorization server is reached. */
export interface TransportOptions {
  /** Milliseconds a call may take, discovery included. Default 2000, from 50 to 60000. */
  readonly deadlineMs?: number | undefined
  /** Octets an answer may have. Default 65536, from 1024 to 1048576. */
  readonly maxResponseBytes?: number | undefined
  /** Connections per origin, on Node. Default 64, from 1 to 1024. */
  readonly maxConnections?: number | undefined
  /**
   * Allow `http:` to a host that is this machine by its name: `localhost`, `127.0.0.0/8`, `[::1]`. Default `false`.
   *
   * Security: tokens and secrets cross the connection unprotected.
   */
  readonly allowHttpOnLoopback?: boolean | undefined
  /** A `fetch` to use instead of the default transport, for proxies and test doubles. Redirects are not followed. */
  readonly fetch?: Fetch | undefined
  /** Sends requests in a way of your own. Give this or `fetch`. */
  readonly send?: Send | undefined
}

/** Step `response`: what is accepted as an answer. */
export interface ResponseOptions {
  /** Seconds the two clocks may differ when `exp` and `nbf` are checked. Default 5, from 0 to 300. */
  readonly leewaySeconds?: number | undefined
  /**
   * Issuers an answer may name in `iss`. Default the `issuer` option alone; any, when only `endpoint` is given.
   */
  readonly acceptedIssuers?: readonly string[] | undefined
}

/** Step `policy`: what a guard requires, unless the guard says otherwise. */
export interface PolicyOptions {
  /**
   * The audience of this resource server, or several; the token must have one of them. `false` means that it is
   * checked elsewhere. There is no default: a guard without an audience is a mistake (RFC 9700 §2.3).
   */
  readonly audience?: string | readonly string[] | false | undefined
  /** The `realm` of challenges. Default `protected resource`. */
  readonly realm?: string | undefined
}

/** Options of one guard. */
export interface GuardOptions extends PolicyOptions {
  /** Scope tokens with a space between them, all of which the token must have. Default none. */
  readonly scope?: string | undefined
}

/** Options of {@link IntrospectionClient}. Give `issuer`, or `endpoint`, or both. */
export interface IntrospectionClientOptions<Claims extends object = object> {
  /** The authorization server, whose metadata names the introspection endpoint (RFC 8414 §2). */
  readonly issuer?: string | undefined
  /** The introspection endpoint, when there is no metadata or it is reached by another address. */
  readonly endpoint?: string | undefined
  /** How this resource server authenticates, such as `clientSecretBasic('orders-api', secret)`. */
  readonly clientAuthentication: ClientAuthentication
  /** Extension claims as any Standard Schema; answers that do not fit are malformed. */
  readonly claims?: ClaimsSchema<Claims> | undefined
  readonly token?: TokenOptions | undefined
  readonly transport?: TransportOptions | undefined
  readonly response?: ResponseOptions | undefined
  readonly policy?: PolicyOptions | undefined
  /** Told what happened, one event per introspection, with no token and no secret in it. */
  readonly onEvent?: OnEvent | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The default of every option that has one. */
export const defaults = Object.freeze({
  token: Object.freeze({ maxBytes: 8192 }),
  transport: Object.freeze({
    deadlineMs: 2000,
    maxResponseBytes: 65_536,
    maxConnections: 64,
    allowHttpOnLoopback: false,
  }),
  response: Object.freeze({ leewaySeconds: 5 }),
  policy: Object.freeze({ realm: 'protected resource' }),
} as const)

/** What the options come to. */
export interface ResolvedOptions {
  readonly steps: Steps
  readonly policy: PolicyOptions
  readonly onEvent: OnEvent | undefined
}

/** Reads the options once into what each step needs. */
export function resolveOptions<Claims extends object>(options: IntrospectionClientOptions<Claims>): ResolvedOptions {
  const group = new OptionGroup('', options, [
    'issuer',
    'endpoint',
    'clientAuthentication',
    'claims',
    'token',
    'transport',
    'response',
    'policy',
    'onEvent',
    'now',
  ])
  const token = new OptionGroup('token', group.raw('token'), ['maxBytes'])
  const now = group.function<() => number>('now') ?? Date.now
  const steps: Steps = {
    token: { maxBytes: token.integer('maxBytes', { default: defaults.token.maxBytes, min: 64, max: 65_536 }) },
    transport: resolveTransport(group),
    response: resolveResponse(group),
    now: () => toNumericDate(now()),
  }
  return { steps, policy: resolvePolicyDefaults(group), onEvent: group.function<OnEvent>('onEvent') }
}

function resolveTransport(options: OptionGroup): Steps['transport'] {
  const group = new OptionGroup('transport', options.raw('transport'), [
    'deadlineMs',
    'maxResponseBytes',
    'maxConnections',
    'allowHttpOnLoopback',
    'fetch',
    'send',
  ])
  const deadlineMs = group.number('deadlineMs', { default: defaults.transport.deadlineMs, min: 50, max: 60_000 })
  const maxResponseBytes = group.integer('maxResponseBytes', {
    default: defaults.transport.maxResponseBytes,
    min: 1024,
    max: 1_048_576,
  })
  const urlRules = { allowHttpOnLoopback: group.boolean('allowHttpOnLoopback', defaults.transport.allowHttpOnLoopback) }
  const maxConnections = group.integer('maxConnections', {
    default: defaults.transport.maxConnections,
    min: 1,
    max: 1024,
  })
  const deadlines = new Deadlines(deadlineMs)
  const transport = customTransport(group) ?? createDefaultTransport({ maxConnections, connectTimeoutMs: deadlineMs })
  const clientAuthentication = options.seam<ClientAuthentication>('clientAuthentication', 'authenticate')
  if (clientAuthentication === undefined) {
    throw options.error('clientAuthentication', 'is required, such as clientSecretBasic(clientId, clientSecret)')
  }
  return {
    ...transport,
    clientAuthentication,
    maxResponseBytes,
    deadlines,
    endpoint: resolveEndpoint(options, urlRules, { send: transport.send, deadlines, maxResponseBytes }),
  }
}

function customTransport(group: OptionGroup): Transport | undefined {
  const fetch = group.function<Fetch>('fetch')
  const send = group.function<Send>('send')
  if (fetch !== undefined && send !== undefined) throw group.error('send', 'give this or fetch, not both')
  const custom = send ?? (fetch && fetchSend(fetch))
  // The deadline holds even when the function ignores its signal.
  return custom && { send: (request) => request.cancellation.race(custom(request)), close: () => Promise.resolve() }
}

function resolveEndpoint(
  options: OptionGroup,
  urlRules: UrlRules,
  discovery: { send: Send; deadlines: Deadlines; maxResponseBytes: number },
): EndpointSource {
  const issuer = options.string('issuer')
  const endpoint = options.string('endpoint')
  if (issuer !== undefined && !isIssuer(issuer, urlRules)) {
    throw options.error('issuer', `must be an https URL without query and fragment (RFC 8414 §2)${httpHint(issuer)}`)
  }
  if (endpoint !== undefined) {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
    if (url === undefined || !isEndpoint(url, urlRules)) {
      throw options.error(
        'endpoint',
        `must be an https URL without fragment and credentials (RFC 7662 §4)${httpHint(endpoint)}`,
      )
    }
    return { known: url.href, find: () => Promise.resolve(url.href) }
  }
  if (issuer === undefined) throw options.error('issuer', 'give this, or endpoint')
  return new EndpointDiscovery({ issuer, urlRules, ...discovery })
}

function httpHint(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol !== 'http:' || !isLoopbackHost(url.hostname)) return ''
  return '; for http on this machine set transport.allowHttpOnLoopback'
}

function resolveResponse(options: OptionGroup): Steps['response'] {
  const group = new OptionGroup('response', options.raw('response'), ['leewaySeconds', 'acceptedIssuers'])
  const issuer = options.string('issuer')
  const acceptedIssuers = group.strings('acceptedIssuers') ?? (issuer === undefined ? undefined : [issuer])
  const claims = options.raw('claims') as ClaimsSchema | undefined
  if (claims !== undefined && typeof claims?.['~standard']?.validate !== 'function') {
    throw options.error('claims', 'must be a Standard Schema, such as z.object({ tenant: z.string() })')
  }
  return {
    leewaySeconds: group.number('leewaySeconds', { default: defaults.response.leewaySeconds, min: 0, max: 300 }),
    acceptedIssuers: acceptedIssuers && new Set(acceptedIssuers),
    claims,
  }
}

function resolvePolicyDefaults(options: OptionGroup): PolicyOptions {
  const group = new OptionGroup('policy', options.raw('policy'), ['audience', 'realm'])
  return Object.freeze({ audience: resolveAudience(group), realm: resolveRealm(group) })
}

/** Reads the options of one guard on top of the client's. */
export function resolveGuardOptions(options: GuardOptions, inherited: PolicyOptions): Policy & ChallengeSettings {
  const group = new OptionGroup('guard', options, ['audience', 'scope', 'realm'])
  const audience = resolveAudience(group) ?? inherited.audience
  if (audience === undefined) {
    throw group.error('audience', "is required: this resource server's own identifier, or false to check it elsewhere")
  }
  const scope = parseScope(group.string('scope'))
  // Spaces alone are no way to ask for nothing.
  if (!scope.every(isScopeToken) || (scope.length === 0 && group.has('scope'))) {
    throw group.error('scope', 'must be scope tokens with a space between them')
  }
  const realm = resolveRealm(group) ?? inherited.realm ?? defaults.policy.realm
  return Object.freeze({ audience: audience as Policy['audience'], scope: Object.freeze(scope), realm })
}

/** A realm that no challenge could carry is refused where it is given, not at the first refused request. */
function resolveRealm(group: OptionGroup): string | undefined {
  const realm = group.string('realm')
  if (realm !== undefined && !/^[\x20-\x7e]*$/.test(realm)) throw group.error('realm', 'must be printable ASCII')
  return realm
}

function resolveAudience(group: OptionGroup): readonly string[] | false | undefined {
  const audience = group.raw('audience')
  if (audience === undefined || audience === false) return audience
  if (typeof audience === 'string' && audience !== '') return Object.freeze([audience])
  const list = group.strings('audience')
  if (list === undefined || list.length === 0) throw group.error('audience', 'must name at least one audience')
  return list
}
