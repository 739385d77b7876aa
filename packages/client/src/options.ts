/** Options of IntrospectionClient, and their defaults. */
import type { ClaimsSchema, OnWarning } from '@token-introspection/core'
import { cacheDefaults, type CacheOptions } from './cache/cache-options.ts'
import type { OnEvent } from './events/events.ts'
import { jwtDefaults, type JwtOptions } from './jwt/jwt-options.ts'
import { type ClientPolicyOptions, policyDefaults } from './policy/policy-options.ts'
import type { LocalProvider, Provider } from './providers/provider.ts'
import { responseDefaults, type ResponseOptions } from './response/response-options.ts'
import type { RevocationFollower } from './revocations/revocation-follower.ts'
import { tokenDefaults, type TokenOptions } from './token/token-options.ts'
import type { ClientAuthentication } from './transport/client-authentication/client-authentication.ts'
import { transportDefaults, type TransportOptions } from './transport/transport-options.ts'
import { watchDefaults, type WatchOptions } from './watch/watch-options.ts'

/** Options of {@link IntrospectionClient}. Give `issuer`, `endpoint` or both, or a `provider` that has them. */
export interface IntrospectionClientOptions<Claims extends object = object> {
  /**
   * A preset for your authorization server, such as `keycloak({ url, realm })` of
   * `@token-introspection/client/providers`. Options beside it replace those of the preset, key by key. Default none.
   */
  readonly provider?: Provider | undefined
  /** The authorization server. Its metadata name the introspection endpoint (RFC 8414 §2). */
  readonly issuer?: string | undefined
  /** The introspection endpoint, when there are no metadata or the endpoint is reached at another address. */
  readonly endpoint?: string | undefined
  /** How this resource server authenticates, such as `clientSecretBasic('orders-api', secret)`. */
  readonly clientAuthentication: ClientAuthentication
  /** The schema of extension claims, any Standard Schema. An answer that does not fit it is malformed. */
  readonly claims?: ClaimsSchema<Claims> | undefined
  readonly token?: TokenOptions | undefined
  /** The cache. Default off: every token is asked about every time. `{}` turns the cache on. */
  readonly cache?: CacheOptions | undefined
  /** Verify JWT access tokens with the issuer's keys. Default off: every token is introspected. */
  readonly jwt?: JwtOptions | undefined
  /**
   * The feed of revocations that the client follows, such as `followFeed()` of `@token-introspection/client/revocations`.
   * It turns the cache on. A revocation then makes remembered answers void within milliseconds, and answers are used for
   * `cache.maxAgeWhileConnectedSeconds`. When the feed fails, the cache works as without one. Default none.
   *
   * JWTs that the client does not introspect (`jwt.mode` `local` or `local-or-introspect`) need `followFeed({ keySecret })`.
   * The client then finds by itself which events name a JWT. It refuses such a JWT, or introspects it if the mode allows
   * that. In the mode `local`, the option without the secret is a `TypeError`.
   */
  readonly revocations?: RevocationFollower | undefined
  readonly transport?: TransportOptions | undefined
  readonly response?: ResponseOptions | undefined
  /**
   * The audience of this resource server, or several: the same as `policy.audience`. Give one of them. Default none: then each
   * guard needs one.
   */
  readonly audience?: ClientPolicyOptions['audience']
  readonly policy?: ClientPolicyOptions | undefined
  /** How often the client checks the tokens of long-lived connections. */
  readonly watch?: WatchOptions | undefined
  /**
   * Gets one event for each thing that happened, with no token and no secret in it. On Node, Bun and Deno, subscribers
   * of the diagnostics channel `token-introspection:client` get the same events. Default none.
   */
  readonly onEvent?: OnEvent | undefined
  /**
   * Gets warnings for the operator: refused credentials, an authorization server that is down, a store that fails, a
   * clock that differs from that of the authorization server (`clock_differs`), a clock that makes tokens inactive which the
   * server calls active (`answer_unusable`), an audience that no token has (`audience_differs`). There is at most one warning a
   * minute per code and endpoint, with no token and no secret in it. Default with `onEvent`: no warnings, because
   * events report the same. Default without it: `process.emitWarning` on Node and `console.warn` elsewhere. `false`
   * switches warnings off.
   */
  readonly onWarning?: OnWarning | false | undefined
  /**
   * Milliseconds since the epoch. Default `Date.now`, which the client compares with the clock of the authorization server. It
   * does not compare a clock of yours.
   */
  readonly now?: (() => number) | undefined
}

/**
 * The options of a client that never introspects, and so needs no client authentication: `jwt.mode` is `local`, in the
 * options or in the preset of a server without introspection, such as `auth0({ domain })`.
 */
export type LocalClientOptions<Claims extends object = object> = Omit<
  IntrospectionClientOptions<Claims>,
  'clientAuthentication'
> &
  ({ readonly jwt: JwtOptions & { readonly mode: 'local' } } | { readonly provider: LocalProvider })

/**
 * Requires the option `claims` of a client that names the type of its claims, so that no type is promised which nobody checks.
 * `object` is the type of claims without a schema.
 */
export type ClaimsAreChecked<Claims extends object> = object extends Claims
  ? unknown
  : { readonly claims: ClaimsSchema<Claims> }

/** The default of every option that has one. */
export const defaults = Object.freeze({
  token: tokenDefaults,
  cache: cacheDefaults,
  jwt: jwtDefaults,
  transport: transportDefaults,
  response: responseDefaults,
  policy: policyDefaults,
  watch: watchDefaults,
} as const)
