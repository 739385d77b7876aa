/** Options of step `jwt`, and their defaults. */
import type { SignatureAlgorithm } from '@token-introspection/core'
import type { JSONWebKeySet } from 'jose'

/**
 * How to handle JWTs and opaque tokens:
 *
 * - `local`: the client verifies JWTs and never introspects. An opaque token is inactive.
 * - `local-or-introspect`: the client verifies JWTs and does not introspect them. It introspects opaque tokens.
 * - `local-then-introspect`: the client verifies JWTs and also introspects those that are good. It introspects opaque
 *   tokens.
 */
export type JwtMode = 'local' | 'local-or-introspect' | 'local-then-introspect'

/** A choice of accepted algorithms. */
export type JwtProfile = 'rfc9068' | 'fapi2'

/** The members that a server may have under another claim name. */
export type JwtAliases = {
  readonly [Member in 'client_id' | 'jti' | 'scope' | 'sub' | 'username']?: string | undefined
}

/** The claims that some servers use with another meaning than the registered one. */
export type JwtRenames = { readonly [Claim in 'permissions' | 'username']?: string | undefined }

/**
 * Option group `jwt`: verify JWT access tokens of the `issuer` with its keys (RFC 9068). Without it the client
 * introspects every token, also JWTs.
 *
 * A token counts as a JWT when it can be read as one. A JWT whose `iss` is not the `issuer` option, or that is bad, is
 * inactive and sent nowhere, in every mode. The claims of a good one become the answer, which is judged, cached and
 * guarded like an answer of the authorization server. A claim named `active` is ignored.
 *
 * The client fetches and keeps the keys as for `response.jwt`: it fetches them again after ten minutes or for an
 * unknown `kid`, at most every 30 seconds, and uses the last ones for up to a day. Without any keys a call fails with
 * `ERR_JWT_KEYS_UNAVAILABLE`.
 *
 * Security: in every mode except `local-then-introspect`, a revoked JWT stays active until it expires, unless the client
 * follows a feed of revocations with `keySecret`: see the option `revocations`.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   jwt: { mode: 'local-then-introspect' },
 *   cache: { maxAgeSeconds: 30 },
 *   audience: 'https://orders.example.com',
 * })
 * ```
 * @see [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068.html#section-4)
 */
export interface JwtOptions {
  /** How to handle JWTs and opaque tokens: see {@link JwtMode}. Required, unless a preset has it. */
  readonly mode?: JwtMode | undefined
  /**
   * The share of good JWTs that the client also introspects, with `mode: 'local-or-introspect'`: a number from 0 to 1, such
   * as 0.01 for one in a hundred, chosen at random each time the client verifies a JWT. JWT and answer must agree, as with
   * `local-then-introspect`. A JWT that the server calls inactive is refused, and the event `jwt_sample_inactive` says so.
   * A call whose question fails is an error. In both cases the client asks about that JWT each time, until the server calls
   * it active or it expires. Default 0, from 0 to 1.
   *
   * Security: this is for finding out whether revoked JWTs are in use. It does not end them in time: of a revoked JWT,
   * `1 / sampleRate` uses are accepted on average before the first question, in each process.
   */
  readonly sampleRate?: number | undefined
  /**
   * Gives a random number of at least 0 and below 1, for `sampleRate`. Senders must not be able to guess it. Default from
   * `crypto.getRandomValues`.
   */
  readonly random?: (() => number) | undefined
  /**
   * The accepted signature algorithms. Best give the one that your server signs with. Default those of `profile`.
   * `none` and algorithms with a shared secret are not allowed.
   */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined
  /**
   * The algorithms that `algorithms` may hold. Default `rfc9068`, which is every algorithm with a public key. `fapi2` allows
   * PS256, ES256, and EdDSA with Ed25519 (FAPI 2.0 Security Profile §5.4.1).
   */
  readonly profile?: JwtProfile | undefined
  /** The issuer's public keys, when they never change. Give this or `jwksUri`, or neither. */
  readonly jwks?: JSONWebKeySet | undefined
  /**
   * The longest lifetime of a JWT, in seconds. With a feed of revocations that has `keySecret`, the client remembers for so long,
   * and an hour more, what was revoked. A JWT that lives longer is refused, or introspected, once the client has forgotten a
   * revocation that came after its `iat`. Default 86400, from 60 to 31536000.
   */
  readonly maxTokenAgeSeconds?: number | undefined
  /**
   * The most revoked tokens, sessions, users and clients that the client remembers for JWTs. Above that it forgets the oldest
   * half, and then refuses, or introspects, each JWT that was issued before a forgotten revocation. It tells that once, by a
   * warning and the event `feed_changed`. Each takes about 100 octets. Default 1000000, from 1000 to 10000000.
   */
  readonly maxRevokedKeys?: number | undefined
  /**
   * The `iss` of JWTs when it is not the `issuer` option, such as `http://fs.example.com/adfs/services/trust` at AD FS.
   * It is compared character for character, and `response.acceptedIssuers` has to list it. Default the `issuer` option.
   */
  readonly issuer?: string | undefined
  /** The URL of the issuer's public keys. Default the `jwks_uri` of its metadata. */
  readonly jwksUri?: string | undefined
  /**
   * Accepted values of `typ` in the header, compared without case and with or without `application/`. Default only
   * `at+jwt`. Types of JWTs that are never access tokens are not allowed.
   *
   * Security: `JWT` names no kind. With it, only claims keep out ID tokens and other JWTs of the server: `nonce`,
   * `at_hash`, `events` and the like, `requiredClaims` and `kindClaims`, the audience, and `policy.tokenKind`.
   */
  readonly types?: readonly string[] | undefined
  /**
   * Accepts JWTs without `typ`, as Amazon Cognito issues them. Default `false`. The risk is the same as with `JWT` in
   * `types`.
   */
  readonly acceptUntyped?: boolean | undefined
  /**
   * Claims that a token must have in addition to `iss` and `exp`, by their registered names. Default those of RFC 9068
   * §2.2: `aud`, `sub`, `client_id`, `iat` and `jti`. Leave one out for servers that do not write it.
   */
  readonly requiredClaims?: readonly string[] | undefined
  /**
   * Claims that only access tokens of this server have, such as `nbf` at Spring Authorization Server. A JWT whose `typ`
   * is not `at+jwt` and that lacks one of them counts as another kind. Default none.
   */
  readonly kindClaims?: readonly string[] | undefined
  /**
   * Names that the server uses for registered members, such as `{ client_id: 'azp' }`. A claim under its registered
   * name is not replaced. `response.aliases` and `response.tolerate` also apply to JWTs. Default none.
   */
  readonly aliases?: JwtAliases | undefined
  /**
   * New names for claims that have another meaning than the member of that name, such as `permissions`. Default none.
   */
  readonly renames?: JwtRenames | undefined
  /**
   * The claim to use as `aud` in tokens without `aud`, such as `client_id` at Amazon Cognito. The audience of guards is
   * then the client. Default none.
   */
  readonly audienceFrom?: string | undefined
}

/** The defaults of the group. */
export const jwtDefaults = Object.freeze({
  profile: 'rfc9068',
  sampleRate: 0,
  acceptUntyped: false,
  maxTokenAgeSeconds: 86_400,
  maxRevokedKeys: 1_000_000,
} as const)
