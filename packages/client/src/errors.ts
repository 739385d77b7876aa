/** The errors of the client's steps: operational failures, never "this token is not good". */
import { IntrospectionError } from '@token-introspection/core'

export { IntrospectionError, isIntrospectionError, ResponseMalformedError } from '@token-introspection/core'

/**
 * The token has more octets than `token.maxBytes`, so nobody was asked about it. It may be good: raise the limit, or have
 * the authorization server issue shorter tokens. A guard answers 431; 413 for a token in a form, 414 for one in the query. It
 * also answers 413, with this error, to a form of more than 65,536 octets when no token is elsewhere in the request.
 */
export class TokenTooLongError extends IntrospectionError {
  readonly code = 'ERR_TOKEN_TOO_LONG'
  readonly retryable = false
}

/** No answer came: connection refused, name not found, TLS refused, connection lost. A guard answers 503. */
export class TransportUnreachableError extends IntrospectionError {
  readonly code = 'ERR_TRANSPORT_UNREACHABLE'
  readonly retryable = true
}

/** No answer came within `transport.deadlineMs`. A guard answers 503. */
export class TransportTimeoutError extends IntrospectionError {
  readonly code = 'ERR_TRANSPORT_TIMEOUT'
  readonly retryable = true
}

/**
 * Nothing was sent, because the last requests to this endpoint failed one after the other: see
 * `transport.circuitBreaker`. A guard answers 503.
 */
export class TransportCircuitOpenError extends IntrospectionError {
  readonly code = 'ERR_TRANSPORT_CIRCUIT_OPEN'
  readonly retryable = true
  /** Seconds until another request is tried. */
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Nothing was sent, because `transport.maxQueuedRequests` wait already. A guard answers 503. */
export class TransportOverloadedError extends IntrospectionError {
  readonly code = 'ERR_TRANSPORT_OVERLOADED'
  readonly retryable = true
}

/** What an answer with the wrong status said. */
export interface StatusDetails {
  readonly status: number
  /** The `error` of the body, where it had one (RFC 6749 §5.2). */
  readonly oauthError?: string | undefined
  /**
   * The `error_description` of the body, where it had one: at most 200 characters of printable ASCII. Where it quoted the
   * token, the secret, the assertion or another value that was sent, `[sent]` stands instead.
   */
  readonly oauthErrorDescription?: string | undefined
  /** `Retry-After`, in seconds from now (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds?: number | undefined
}

/**
 * The authorization server answered with another status than 200: overloaded, broken, misconfigured, or redirecting,
 * which is never followed. A guard answers 503 when it is worth trying again, else 502.
 */
export class TransportStatusError extends IntrospectionError {
  readonly code = 'ERR_TRANSPORT_STATUS'
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
    this.retryable = details.status === 429 || details.status >= 500
  }
}

/**
 * The introspection endpoint refused our own credentials, or our right to introspect. Yours to fix, not your user's:
 * a guard answers 500.
 */
export class TransportUnauthorizedError extends IntrospectionError {
  readonly code = 'ERR_TRANSPORT_UNAUTHORIZED'
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
 * The authorization server's metadata names no introspection endpoint. The message names what else there is: the
 * `endpoint` option, local validation of JWT access tokens, the userinfo endpoint.
 */
export class TransportEndpointMissingError extends IntrospectionError {
  readonly code = 'ERR_TRANSPORT_ENDPOINT_MISSING'
  readonly retryable = false
}

/**
 * An answer is well-formed but cannot be believed: another issuer, or issued in the future; with `response.jwt` also an
 * answer that is not signed by the issuer, for us, just now. A guard answers 502.
 */
export class ResponseUntrustedError extends IntrospectionError {
  readonly code = 'ERR_RESPONSE_UNTRUSTED'
  readonly retryable = false
}

/**
 * A signed answer could not be verified: the issuer's public keys could not be fetched, or the one that signed is not
 * among them, not even after another look. A guard answers 503.
 */
export class ResponseKeysUnavailableError extends IntrospectionError {
  readonly code = 'ERR_RESPONSE_KEYS_UNAVAILABLE'
  readonly retryable = true
}

/**
 * It could not be told whether a DPoP proof was used before: `policy.dpop.replayStore` threw, took too long, or is full. A
 * guard answers 503.
 */
export class PolicyReplayStoreError extends IntrospectionError {
  readonly code = 'ERR_POLICY_REPLAY_STORE'
  readonly retryable = true
}

/**
 * A JWT access token could not be verified, because the issuer's public keys could not be fetched. It may be perfectly good:
 * a guard answers 503.
 */
export class JwtKeysUnavailableError extends IntrospectionError {
  readonly code = 'ERR_JWT_KEYS_UNAVAILABLE'
  readonly retryable = true
}

/**
 * The cache's store threw, or took too long. No call fails by it: it is told to `onEvent`, and the authorization server
 * is asked.
 */
export class CacheStoreError extends IntrospectionError {
  readonly code = 'ERR_CACHE_STORE'
  readonly retryable = true
}

/** `watch.maxWatched` tokens are watched already, so that no other can be: refuse the connection, or let it ask by itself. */
export class WatchOverloadedError extends IntrospectionError {
  readonly code = 'ERR_WATCH_OVERLOADED'
  readonly retryable = true
}
