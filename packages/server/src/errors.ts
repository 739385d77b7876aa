/** The errors of the server's steps: what the handler catches, turns into a response and reports as an event. */
import { type Complaint, IntrospectionError } from '@token-introspection/core'

export { IntrospectionError, isIntrospectionError, RequestInvalidError } from '@token-introspection/core'

/** A day: what `Retry-After` says at most. */
const MAX_RETRY_AFTER_SECONDS = 86_400

/** The method is not POST. Answered 405 with `Allow: POST` (RFC 7662 §2.1, RFC 9110 §15.5.6). */
export class RequestMethodError extends IntrospectionError {
  readonly code = 'ERR_REQUEST_METHOD'
  readonly retryable = false
}

/** The body is not `application/x-www-form-urlencoded`. Answered 415 (RFC 7662 §2.1, RFC 9110 §15.5.16). */
export class RequestMediaTypeError extends IntrospectionError {
  readonly code = 'ERR_REQUEST_MEDIA_TYPE'
  readonly retryable = false
}

/** The body is larger than `request.maxBodyBytes`. Answered 413 (RFC 9110 §15.5.14). */
export class RequestTooLargeError extends IntrospectionError {
  readonly code = 'ERR_REQUEST_TOO_LARGE'
  readonly retryable = false
}

/** The caller accepts nothing this endpoint can write. Answered 406 (RFC 9110 §15.5.7). */
export class RequestNotAcceptableError extends IntrospectionError {
  readonly code = 'ERR_REQUEST_NOT_ACCEPTABLE'
  readonly retryable = false
}

/** What an error about an unavailable body can be made with. */
export interface BodyErrorOptions extends ErrorOptions {
  readonly senderLeft?: boolean | undefined
}

/** The body went elsewhere before the handler saw it, or its sender went away. Answered 500 where anyone still listens. */
export class RequestBodyUnavailableError extends IntrospectionError {
  readonly code = 'ERR_REQUEST_BODY_UNAVAILABLE'
  readonly retryable = false
  /** Whether its sender went away before the body was complete; otherwise something of yours read it, or may have. */
  readonly senderLeft: boolean

  constructor(message?: string, options?: BodyErrorOptions) {
    super(message, options)
    this.senderLeft = options?.senderLeft === true
  }
}

/** What an error about credentials can be made with. */
export interface CredentialErrorOptions extends ErrorOptions {
  readonly complaint?: Complaint | undefined
}

/**
 * Nobody, or nobody we know, asks. Answered 401 `invalid_client` with a challenge, and the same words whatever was
 * wrong (RFC 7662 §2.3, RFC 6749 §5.2).
 */
export class ClientAuthenticationFailedError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_FAILED'
  readonly retryable = false
  /** The rule that failed, where this library knows it; the message says the same. */
  readonly complaint: Complaint | undefined

  constructor(message?: string, options?: CredentialErrorOptions) {
    super(message, options)
    this.complaint = options?.complaint
  }
}

/**
 * The request carries no credentials at all, or nothing but a `client_id`, which says a name and proves nothing. Answered
 * 401 `invalid_client` with a challenge (RFC 7662 §2.3).
 */
export class ClientAuthenticationMissingError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_MISSING'
  readonly retryable = false
}

/**
 * The access token a caller authenticates with is not good: unknown, expired, for another audience, bound to a key that
 * was not proven, or a user's. Answered 401 `invalid_token` with a challenge of its scheme (RFC 7662 §2.3, RFC 6750 §3.1).
 */
export class ClientAuthenticationTokenError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_TOKEN'
  readonly retryable = false
  /** The `WWW-Authenticate` value, the attempted scheme first. */
  readonly challenge: string
  /** The rule that failed, where this library knows it; the message says the same. */
  readonly complaint: Complaint | undefined

  constructor(message: string, challenge: string, options?: CredentialErrorOptions) {
    super(message, options)
    this.challenge = challenge
    this.complaint = options?.complaint
  }
}

/**
 * The access token a caller authenticates with is good and lacks the scope that lets it call. Answered
 * `insufficient_scope` with 401 or `clientAuthentication.accessToken.insufficientScopeStatus` (RFC 7662 §2.3, RFC 6750 §3.1).
 */
export class ClientAuthenticationScopeError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_SCOPE'
  readonly retryable = false
  /** The `WWW-Authenticate` value, the attempted scheme first. */
  readonly challenge: string
  /** The status to answer. */
  readonly status: 401 | 403
  /** What the token has, and what it needs. */
  readonly complaint: Complaint | undefined

  constructor(message: string, challenge: string, status: 401 | 403, options?: CredentialErrorOptions) {
    super(message, options)
    this.challenge = challenge
    this.status = status
    this.complaint = options?.complaint
  }
}

/** Too many secrets wait for `clientAuthentication.verifySecret`. Answered 503: hashing must not take the whole processor. */
export class ClientAuthenticationBusyError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_BUSY'
  readonly retryable = true
}

/** The keys of a caller could not be had from its `jwksUri`. Answered 503. */
export class ClientAuthenticationKeysError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_KEYS'
  readonly retryable = true
}

/** The replay store failed or is full. Answered 503: what cannot be seen to be new is not taken. */
export class ClientAuthenticationReplayStoreError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_REPLAY_STORE'
  readonly retryable = true
}

/** The registry of protected resources, or of clients, could not be read. Answered 503. */
export class ClientAuthenticationRegistryError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_REGISTRY'
  readonly retryable = true
}

/**
 * The caller is who it says, and its entry, which `findProtectedResource` or `findClient` gave, is not what it has to be. The
 * message names the member. Answered 500: nothing is disclosed by a registration that is wrong.
 */
export class ClientAuthenticationRegistrationError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_REGISTRATION'
  readonly retryable = false
}

/**
 * A budget of the caller is used up: its rate of hits, or of misses, or of failures with a secret. Answered 429 with
 * `Retry-After` (RFC 6585 §4).
 */
export class LimitsExceededError extends IntrospectionError {
  readonly code = 'ERR_LIMITS_EXCEEDED'
  readonly retryable = true
  /** Whole seconds until there is budget again, at least 1. */
  readonly retryAfterSeconds: number

  /**
   * @param budget - what there was too much of.
   */
  constructor(msBeforeNext: number, budget: 'hits' | 'misses' | 'failures' = 'hits') {
    super(`the caller used up its budget of ${budget}`)
    this.retryAfterSeconds = Math.min(Math.max(1, Math.ceil(msBeforeNext / 1000)), MAX_RETRY_AFTER_SECONDS)
  }
}

/** The limiter failed. Answered 503: nobody gets an answer that was not counted. */
export class LimitsLimiterError extends IntrospectionError {
  readonly code = 'ERR_LIMITS_LIMITER'
  readonly retryable = true
}

/** A token store, or whatever else finds tokens, could not tell. Answered 503 and never as inactive (RFC 7662 §4). */
export class LookupStoreError extends IntrospectionError {
  readonly code = 'ERR_LOOKUP_STORE'
  readonly retryable = true
}

/** The token store could not revoke. Answered 503: the client asks again (RFC 7009 §2.2.1). */
export class RevocationStoreError extends IntrospectionError {
  readonly code = 'ERR_REVOCATION_STORE'
  readonly retryable = true
}

/** The token was not issued to the client that wants it revoked. Answered 400 `unauthorized_client` (RFC 7009 §2.1). */
export class AuthorizationTokenOwnerError extends IntrospectionError {
  readonly code = 'ERR_AUTHORIZATION_TOKEN_OWNER'
  readonly retryable = false
}

/** The disclosure policy threw. Answered 500; nothing is disclosed. */
export class AuthorizationPolicyError extends IntrospectionError {
  readonly code = 'ERR_AUTHORIZATION_POLICY'
  readonly retryable = false
}

/**
 * An answer could not be signed, or no key is for the algorithm the protected resource is registered with. Answered 500:
 * who asked for a signed answer never gets one that is not.
 */
export class ResponseSigningError extends IntrospectionError {
  readonly code = 'ERR_RESPONSE_SIGNING'
  readonly retryable = false
}

/** An answer could not be encrypted, or the protected resource has no key that fits. Answered 500. */
export class ResponseEncryptionError extends IntrospectionError {
  readonly code = 'ERR_RESPONSE_ENCRYPTION'
  readonly retryable = false
}

/** The keys of the protected resource, to encrypt an answer for, could not be had. Answered 503. */
export class ResponseKeysUnavailableError extends IntrospectionError {
  readonly code = 'ERR_RESPONSE_KEYS_UNAVAILABLE'
  readonly retryable = true
}

/** A token record cannot be written as an introspection response. Answered 500; the message names the members. */
export class ResponseShapeError extends IntrospectionError {
  readonly code = 'ERR_RESPONSE_SHAPE'
  readonly retryable = false
}
