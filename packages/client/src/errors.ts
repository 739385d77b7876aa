/** The errors of the client's steps. They mean that an operation failed, never that a token is bad. */
import { IntrospectionError } from '@token-introspection/core'

export {
  IntrospectionError,
  isIntrospectionError,
  ResponseMalformedError,
  SecretUnavailableError,
} from '@token-introspection/core'

/**
 * The token has more octets than `token.maxBytes`, so the client did not ask about it. It may be good: raise the limit,
 * or have the authorization server issue shorter tokens. A guard answers 431; 413 for a token in a form, 414 for one in
 * the query. It also answers 413, with this error, to a form of more than 65,536 octets when no token is elsewhere in
 * the request.
 */
export class TokenTooLongError extends IntrospectionError {
  static readonly code = 'ERR_TOKEN_TOO_LONG'
  readonly code = TokenTooLongError.code
  readonly retryable = false
}

/**
 * The authorization server did not confirm that its answer knows of the revocation that `notOlderThan` names. A guard
 * answers 503.
 */
export class RevocationUnseenError extends IntrospectionError {
  static readonly code = 'ERR_REVOCATION_UNSEEN'
  readonly code = RevocationUnseenError.code
  readonly retryable = true

  constructor() {
    super(
      'the authorization server did not confirm that its answer knows of the revocation that notOlderThan names: it has no ' +
        'revocation log, it reads from a replica that is behind, or the log has lost that revocation. Try again; if it stays ' +
        'so, turn on revocationLog at the token store of the authorization server',
    )
  }
}

/**
 * The secret that `followFeed({ keySecret })` was given is not that of the revocation log. The client remembers answers as
 * without a feed, and finds no revoked JWT by itself, until one of the two is corrected.
 */
export class RevocationSecretError extends IntrospectionError {
  static readonly code = 'ERR_REVOCATION_SECRET'
  readonly code = RevocationSecretError.code
  readonly retryable = false
}

/** No answer came: connection refused, name not found, TLS refused, connection lost. A guard answers 503. */
export class TransportUnreachableError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_UNREACHABLE'
  readonly code = TransportUnreachableError.code
  readonly retryable = true
}

/** No answer came within `transport.deadlineMs`. A guard answers 503. */
export class TransportTimeoutError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_TIMEOUT'
  readonly code = TransportTimeoutError.code
  readonly retryable = true
}

/**
 * The client sent nothing, because the last requests to this endpoint failed one after the other: see
 * `transport.circuitBreaker`. A guard answers 503.
 */
export class TransportCircuitOpenError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_CIRCUIT_OPEN'
  readonly code = TransportCircuitOpenError.code
  readonly retryable = true
  /** Seconds until the client tries the next request. */
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The client sent nothing, because `transport.maxQueuedRequests` requests wait already. A guard answers 503. */
export class TransportOverloadedError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_OVERLOADED'
  readonly code = TransportOverloadedError.code
  readonly retryable = true
}

/** Details from an answer with a status other than 200. */
export interface StatusDetails {
  readonly status: number
  /** The `error` of the body (RFC 6749 §5.2); `undefined` when it has none. */
  readonly oauthError?: string | undefined
  /**
   * The `error_description` of the body, at most 200 characters of printable ASCII. If it quotes the token, the secret,
   * the assertion or another value that the client sent, that value is replaced by `[sent]`.
   */
  readonly oauthErrorDescription?: string | undefined
  /** `Retry-After`, in seconds from now (RFC 9110 §10.2.3), at most 3600. */
  readonly retryAfterSeconds?: number | undefined
}

/**
 * The authorization server answered with a status other than 200 and 429: it is overloaded, broken or misconfigured, or it
 * redirects, and the client never follows redirects. A guard answers 503 when a new attempt can succeed, else 502.
 */
export class TransportStatusError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_STATUS'
  readonly code = TransportStatusError.code
  readonly retryable: boolean
  readonly status: number
  readonly oauthError: string | undefined
  /** For your log: see {@link StatusDetails}. */
  readonly oauthErrorDescription: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(message: string, details: StatusDetails, options?: ErrorOptions) {
    super(message, options)
    this.status = details.status
    this.oauthError = details.oauthError
    this.oauthErrorDescription = details.oauthErrorDescription
    this.retryAfterSeconds = details.retryAfterSeconds
    this.retryable = details.status >= 500
  }
}

/**
 * The authorization server answered 429: this resource server has used up a limit (RFC 6585 §4). The client does not retry,
 * and opens no circuit, because the server may still answer about other tokens. A guard answers 503, with the
 * `Retry-After` of the authorization server. Ask less often, with a longer `cache.maxAgeSeconds` or a cache that your
 * processes share, or have the limit raised.
 */
export class TransportRateLimitedError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_RATE_LIMITED'
  readonly code = TransportRateLimitedError.code
  readonly retryable = true
  readonly status = 429
  readonly oauthError: string | undefined
  /** For your log: see {@link StatusDetails}. */
  readonly oauthErrorDescription: string | undefined
  /** `Retry-After`, in seconds from now, at most 3600; `undefined` when the answer has none that can be read. */
  readonly retryAfterSeconds: number | undefined

  constructor(message: string, details: Omit<StatusDetails, 'status'>, options?: ErrorOptions) {
    super(message, options)
    this.oauthError = details.oauthError
    this.oauthErrorDescription = details.oauthErrorDescription
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

/**
 * The introspection endpoint refused the client's credentials, or its permission to introspect. You have to fix this,
 * not your user: a guard answers 500.
 */
export class TransportUnauthorizedError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_UNAUTHORIZED'
  readonly code = TransportUnauthorizedError.code
  readonly retryable = false
  readonly status: number
  readonly oauthError: string | undefined
  /** For your log: see {@link StatusDetails}. */
  readonly oauthErrorDescription: string | undefined

  constructor(message: string, details: StatusDetails, options?: ErrorOptions) {
    super(message, options)
    this.status = details.status
    this.oauthError = details.oauthError
    this.oauthErrorDescription = details.oauthErrorDescription
  }
}

/**
 * The authorization server's metadata name no introspection endpoint. The message names the alternatives: the
 * `endpoint` option, local validation of JWT access tokens, the userinfo endpoint.
 */
export class TransportEndpointMissingError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_ENDPOINT_MISSING'
  readonly code = TransportEndpointMissingError.code
  readonly retryable = false
}

/**
 * The authorization server's metadata name none of the methods of `supportedClientAuthentication`, or only weaker ones than
 * the one that was used so far. The client sent nothing. A guard answers 500.
 */
export class TransportMethodUnsupportedError extends IntrospectionError {
  static readonly code = 'ERR_TRANSPORT_METHOD_UNSUPPORTED'
  readonly code = TransportMethodUnsupportedError.code
  readonly retryable = false
}

/**
 * An answer is well-formed but cannot be trusted: it names another issuer, or was issued in the future. With
 * `response.jwt`, also when it is not signed by the issuer, for this client, just now. A guard answers 502.
 */
export class ResponseUntrustedError extends IntrospectionError {
  static readonly code = 'ERR_RESPONSE_UNTRUSTED'
  readonly code = ResponseUntrustedError.code
  readonly retryable = false
}

/**
 * The client could not verify a signed answer: it could not fetch the issuer's public keys, or the signing key is not
 * among them, even after a new fetch. A guard answers 503.
 */
export class ResponseKeysUnavailableError extends IntrospectionError {
  static readonly code = 'ERR_RESPONSE_KEYS_UNAVAILABLE'
  readonly code = ResponseKeysUnavailableError.code
  readonly retryable = true
}

/**
 * The client could not find out whether a DPoP proof was used before: `policy.dpop.replayStore` threw, took too long,
 * or is full. A guard answers 503.
 */
export class PolicyReplayStoreError extends IntrospectionError {
  static readonly code = 'ERR_POLICY_REPLAY_STORE'
  readonly code = PolicyReplayStoreError.code
  readonly retryable = true
}

/**
 * The client could not verify a JWT access token, because it could not fetch the issuer's public keys. The token may be
 * good: a guard answers 503.
 */
export class JwtKeysUnavailableError extends IntrospectionError {
  static readonly code = 'ERR_JWT_KEYS_UNAVAILABLE'
  readonly code = JwtKeysUnavailableError.code
  readonly retryable = true
}

/**
 * The cache's store threw, or took too long. Calls do not fail because of it: the client reports it to `onEvent` and
 * asks the authorization server.
 */
export class CacheStoreError extends IntrospectionError {
  static readonly code = 'ERR_CACHE_STORE'
  readonly code = CacheStoreError.code
  readonly retryable = true
}

/**
 * `find` of `combineIssuers` threw, took too long, or was asked about too many issuers at once. The token may be good: a
 * guard answers 503. The failure is remembered for two seconds.
 */
export class IssuerLookupError extends IntrospectionError {
  static readonly code = 'ERR_ISSUER_LOOKUP'
  readonly code = IssuerLookupError.code
  readonly retryable = true
}

/**
 * `find` of `combineIssuers` returned settings that no client can be made of, or that do not accept the issuer it was
 * asked about. You have to fix this, not your user: a guard answers 500.
 */
export class IssuerSettingsError extends IntrospectionError {
  static readonly code = 'ERR_ISSUER_SETTINGS'
  readonly code = IssuerSettingsError.code
  readonly retryable = false
}

/** `watch.maxWatched` tokens are watched already. Refuse the connection, or check its token yourself. */
export class WatchOverloadedError extends IntrospectionError {
  static readonly code = 'ERR_WATCH_OVERLOADED'
  readonly code = WatchOverloadedError.code
  readonly retryable = true
}
