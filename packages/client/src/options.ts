/** Options of IntrospectionClient and its guards: documented, defaulted, read once. */
import { type ClaimsSchema, isScopeToken, parseScope, toNumericDate, type TokenTypeHint } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { applyProvider } from './apply-provider.ts'
import { cacheDefaults, type CacheOptions, resolveCache } from './cache/cache-options.ts'
import { SingleFlight } from './cache/single-flight.ts'
import { type OnEvent, report } from './events.ts'
import type { Steps } from './introspect.ts'
import type { Policy, TokenKind } from './policy/check-policy.ts'
import type { Provider } from './providers/provider.ts'
import { resolveResponse, responseDefaults, type ResponseOptions } from './response/response-options.ts'
import type { ResponseStep } from './response/validate-response.ts'
import type { ChallengeSettings } from './result/refusal.ts'
import { createFingerprint } from './token/fingerprint-token.ts'
import type { ClientAuthentication } from './transport/client-authentication/client-authentication.ts'
import { resolveTransport, transportDefaults, type TransportOptions } from './transport/transport-options.ts'

/** Step `token`: what is taken for a token. */
export interface TokenOptions {
  /** Octets a token may have; a longer one is inactive unasked. Default 8192, from 64 to 65536. */
  readonly maxBytes?: number | undefined
  /**
   * Sent as `token_type_hint` with every call that gives no hint of its own; leave it out unless the authorization server
   * asks for it (RFC 7662 §2.1). Default none.
   */
  readonly tokenTypeHint?: TokenTypeHint | undefined
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
  /**
   * What this server says of access tokens, such as `{ member: 'token_use', oneOf: ['access_token'] }`: a token of which it
   * says something else, or nothing, is refused with the reason `token_kind`. Default none, and then tokens are refused of
   * which any member says that they are another kind; `false` is for a guard that does without what the client has.
   */
  readonly tokenKind?: TokenKind | false | undefined
}

/** Options of one guard. */
export interface GuardOptions extends PolicyOptions {
  /** Scope tokens with a space between them, all of which the token must have. Default none. */
  readonly scope?: string | undefined
  /**
   * Seconds an answer may be old on this route, within what the `cache` option allows; 0 asks now. Default what the
   * `cache` option says.
   */
  readonly maxAgeSeconds?: number | undefined
}

/** Options of {@link IntrospectionClient}. Give `issuer`, or `endpoint`, or both, or a `provider` that has them. */
export interface IntrospectionClientOptions<Claims extends object = object> {
  /**
   * What is known about your authorization server, such as `keycloak({ url, realm })` of
   * `@token-introspection/client/providers`. The options beside it win, key by key. Default none.
   */
  readonly provider?: Provider | undefined
  /** The authorization server, whose metadata names the introspection endpoint (RFC 8414 §2). */
  readonly issuer?: string | undefined
  /** The introspection endpoint, when there is no metadata or it is reached by another address. */
  readonly endpoint?: string | undefined
  /** How this resource server authenticates, such as `clientSecretBasic('orders-api', secret)`. */
  readonly clientAuthentication: ClientAuthentication
  /** Extension claims as any Standard Schema; answers that do not fit are malformed. */
  readonly claims?: ClaimsSchema<Claims> | undefined
  readonly token?: TokenOptions | undefined
  /** Off unless given: every token is asked about every time. `{}` turns it on. */
  readonly cache?: CacheOptions | undefined
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
  cache: cacheDefaults,
  transport: transportDefaults,
  response: responseDefaults,
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
  const group = new OptionGroup('', applyProvider(options), [
    'provider',
    'issuer',
    'endpoint',
    'clientAuthentication',
    'claims',
    'token',
    'cache',
    'transport',
    'response',
    'policy',
    'onEvent',
    'now',
  ])
  const token = new OptionGroup('token', group.raw('token'), ['maxBytes', 'tokenTypeHint'])
  const tokenTypeHint = token.string('tokenTypeHint')
  const nowMs = group.function<() => number>('now') ?? Date.now
  const onEvent = group.function<OnEvent>('onEvent')
  const cache = resolveCache(group, { nowMs, onFailure: (error) => report(onEvent, { type: 'cache_failed', error }) })
  const transport = resolveTransport(group, {
    onCircuitChange: (url, state, openMs) =>
      report(onEvent, { type: 'circuit_changed', endpoint: url.split('?', 1)[0] as string, state, openMs }),
  })
  const { issuer, accept, clientAuthentication } = transport
  const { clientId, method } = clientAuthentication
  if (clientId === undefined && cache?.isShared === true) {
    // Two resource servers could not be told apart, whose answers may differ (RFC 7662 §2.2).
    throw group.error('cache.store', 'needs a client authentication with a client identifier')
  }
  const response = resolveResponse(group, transport)
  const manner = mannerOf(tokenTypeHint, transport.parameters, response)
  const scope = { issuer, endpoint: transport.endpoint.known, clientId, method, accept, manner }
  const steps: Steps = {
    token: {
      maxBytes: token.integer('maxBytes', { default: defaults.token.maxBytes, min: 64, max: 65_536 }),
      fingerprint: createFingerprint(scope, cache?.keySecret),
      tokenTypeHint,
    },
    cache,
    flights: new SingleFlight(),
    claimed: new WeakMap(),
    transport,
    response,
    now: () => toNumericDate(nowMs()),
    nowMs,
  }
  return { steps, policy: resolvePolicyDefaults(group), onEvent }
}

/** What every answer depends on besides who asks whom; `undefined` when nothing out of the ordinary is asked or forgiven. */
function mannerOf(
  tokenTypeHint: string | undefined,
  parameters: Readonly<Record<string, string>> | undefined,
  { tolerance, inactiveWhen }: ResponseStep,
): string | undefined {
  if ([tokenTypeHint, parameters, tolerance, inactiveWhen].every((part) => part === undefined)) return undefined
  const sorted = Object.entries(parameters ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([tokenTypeHint ?? null, sorted, tolerance ?? null, inactiveWhen ?? null])
}

function resolvePolicyDefaults(options: OptionGroup): PolicyOptions {
  const group = new OptionGroup('policy', options.raw('policy'), ['audience', 'realm', 'tokenKind'])
  return Object.freeze({
    audience: resolveAudience(group),
    realm: resolveRealm(group),
    tokenKind: resolveTokenKind(group),
  })
}

/** What the options of a guard come to. */
export interface ResolvedGuardOptions extends Policy, ChallengeSettings {
  readonly maxAgeSeconds?: number
}

/** Reads the options of one guard on top of the client's. */
export function resolveGuardOptions(options: GuardOptions, inherited: PolicyOptions): ResolvedGuardOptions {
  const group = new OptionGroup('guard', options, ['audience', 'scope', 'realm', 'tokenKind', 'maxAgeSeconds'])
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
  const tokenKind = resolveTokenKind(group) ?? inherited.tokenKind
  const maxAgeSeconds = group.number('maxAgeSeconds', { default: cacheDefaults.maxAgeSeconds, min: 0, max: 86_400 })
  return Object.freeze({
    audience: audience as Policy['audience'],
    scope: Object.freeze(scope),
    realm,
    tokenKind: tokenKind === false ? undefined : tokenKind,
    ...(group.has('maxAgeSeconds') && { maxAgeSeconds }),
  })
}

function resolveTokenKind(group: OptionGroup): TokenKind | false | undefined {
  const given = group.raw('tokenKind')
  if (given === undefined || given === false) return given
  const kind = new OptionGroup(group.path('tokenKind'), given, ['member', 'oneOf'])
  const member = kind.string('member')
  if (member === undefined) throw kind.error('member', 'is required')
  const oneOf = kind.strings('oneOf')
  if (oneOf === undefined || oneOf.length === 0) throw kind.error('oneOf', 'must name at least one kind')
  return Object.freeze({ member, oneOf })
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
