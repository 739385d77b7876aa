/** Options of IntrospectionClient and its guards: documented, defaulted, read once. */
import { type ClaimsSchema, isScopeToken, parseScope, toNumericDate } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { cacheDefaults, type CacheOptions, resolveCache } from './cache/cache-options.ts'
import { SingleFlight } from './cache/single-flight.ts'
import { type OnEvent, report } from './events.ts'
import type { Steps } from './introspect.ts'
import type { Policy } from './policy/check-policy.ts'
import { resolveResponse, responseDefaults, type ResponseOptions } from './response/response-options.ts'
import type { ChallengeSettings } from './result/refusal.ts'
import { createFingerprint } from './token/fingerprint-token.ts'
import type { ClientAuthentication } from './transport/client-authentication/client-authentication.ts'
import { resolveTransport, transportDefaults, type TransportOptions } from './transport/transport-options.ts'

/** Step `token`: what is taken for a token. */
export interface TokenOptions {
  /** Octets a token may have; a longer one is inactive unasked. Default 8192, from 64 to 65536. */
  readonly maxBytes?: number | undefined
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
  /**
   * Seconds an answer may be old on this route, within what the `cache` option allows; 0 asks now. Default what the
   * `cache` option says.
   */
  readonly maxAgeSeconds?: number | undefined
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
  const group = new OptionGroup('', options, [
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
  const token = new OptionGroup('token', group.raw('token'), ['maxBytes'])
  const nowMs = group.function<() => number>('now') ?? Date.now
  const onEvent = group.function<OnEvent>('onEvent')
  const cache = resolveCache(group, { nowMs, onFailure: (error) => report(onEvent, { type: 'cache_failed', error }) })
  const transport = resolveTransport(group)
  const { issuer, accept, clientAuthentication } = transport
  const { clientId, method } = clientAuthentication
  if (clientId === undefined && cache?.isShared === true) {
    // Two resource servers could not be told apart, whose answers may differ (RFC 7662 §2.2).
    throw group.error('cache.store', 'needs a client authentication with a client identifier')
  }
  const scope = { issuer, endpoint: transport.endpoint.known, clientId, method, accept }
  const steps: Steps = {
    token: {
      maxBytes: token.integer('maxBytes', { default: defaults.token.maxBytes, min: 64, max: 65_536 }),
      fingerprint: createFingerprint(scope, cache?.keySecret),
    },
    cache,
    flights: new SingleFlight(),
    claimed: new WeakMap(),
    transport,
    response: resolveResponse(group, transport),
    now: () => toNumericDate(nowMs()),
    nowMs,
  }
  return { steps, policy: resolvePolicyDefaults(group), onEvent }
}

function resolvePolicyDefaults(options: OptionGroup): PolicyOptions {
  const group = new OptionGroup('policy', options.raw('policy'), ['audience', 'realm'])
  return Object.freeze({ audience: resolveAudience(group), realm: resolveRealm(group) })
}

/** What the options of a guard come to. */
export interface ResolvedGuardOptions extends Policy, ChallengeSettings {
  readonly maxAgeSeconds?: number
}

/** Reads the options of one guard on top of the client's. */
export function resolveGuardOptions(options: GuardOptions, inherited: PolicyOptions): ResolvedGuardOptions {
  const group = new OptionGroup('guard', options, ['audience', 'scope', 'realm', 'maxAgeSeconds'])
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
  const maxAgeSeconds = group.number('maxAgeSeconds', { default: cacheDefaults.maxAgeSeconds, min: 0, max: 86_400 })
  return Object.freeze({
    audience: audience as Policy['audience'],
    scope: Object.freeze(scope),
    realm,
    ...(group.has('maxAgeSeconds') && { maxAgeSeconds }),
  })
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
