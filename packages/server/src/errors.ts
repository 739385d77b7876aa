/** The errors of the server's steps. The handler catches them, answers with an error response and reports an event. */
import { type Complaint, IntrospectionError } from '@token-introspection/core'

export {
  IntrospectionError,
  isIntrospectionError,
  RequestInvalidError,
  SecretUnavailableError,
} from '@token-introspection/core'

/** The largest value of `Retry-After`: one day. */
const MAX_RETRY_AFTER_SECONDS = 86_400

/** The method is not POST. Answered 405 with `Allow: POST` (RFC 7662 §2.1, RFC 9110 §15.5.6). */
export class RequestMethodError extends IntrospectionError {
  static readonly code = 'ERR_REQUEST_METHOD'
  readonly code = RequestMethodError.code
  readonly retryable = false
}

/** The body is not `application/x-www-form-urlencoded`. Answered 415 (RFC 7662 §2.1, RFC 9110 §15.5.16). */
export class RequestMediaTypeError extends IntrospectionError {
  static readonly code = 'ERR_REQUEST_MEDIA_TYPE'
  readonly code = RequestMediaTypeError.code
  readonly retryable = false
}

/** The body is larger than `request.maxBodyBytes`. Answered 413 (RFC 9110 §15.5.14). */
export class RequestTooLargeError extends IntrospectionError {
  static readonly code = 'ERR_REQUEST_TOO_LARGE'
  readonly code = RequestTooLargeError.code
  readonly retryable = false
}

/** The caller accepts no media type of this endpoint. Answered 406 (RFC 9110 §15.5.7). */
export class RequestNotAcceptableError extends IntrospectionError {
  static readonly code = 'ERR_REQUEST_NOT_ACCEPTABLE'
  readonly code = RequestNotAcceptableError.code
  readonly retryable = false
}

/** The options of an error about an unavailable body. */
export interface BodyErrorOptions extends ErrorOptions {
  readonly senderLeft?: boolean | undefined
}

/** Another reader consumed the body before the handler, or its sender disconnected. Answered 500 if a connection is left. */
export class RequestBodyUnavailableError extends IntrospectionError {
  static readonly code = 'ERR_REQUEST_BODY_UNAVAILABLE'
  readonly code = RequestBodyUnavailableError.code
  readonly retryable = false
  /** Whether the sender disconnected before the body was complete. `false`: other code has read the body, or may have. */
  readonly senderLeft: boolean

  constructor(message?: string, options?: BodyErrorOptions) {
    super(message, options)
    this.senderLeft = options?.senderLeft === true
  }
}

/** The options of an error about credentials. */
export interface CredentialErrorOptions extends ErrorOptions {
  readonly complaint?: Complaint | undefined
}

/**
 * The caller is unknown or its credentials are wrong. Answered 401 `invalid_client` with a challenge. The answer is the same for
 * every reason (RFC 7662 §2.3, RFC 6749 §5.2).
 */
export class ClientAuthenticationFailedError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_FAILED'
  readonly code = ClientAuthenticationFailedError.code
  readonly retryable = false
  /** The broken rule, if this library knows it. The message says the same. */
  readonly complaint: Complaint | undefined

  constructor(message?: string, options?: CredentialErrorOptions) {
    super(message, options)
    this.complaint = options?.complaint
  }
}

/**
 * The proof of an attested caller has no challenge of this server, or one that is no longer good. Answered 400
 * `use_attestation_challenge` with another challenge (draft-ietf-oauth-attestation-based-client-auth-11 §6.1).
 */
export class ClientAuthenticationChallengeError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_CHALLENGE'
  readonly code = ClientAuthenticationChallengeError.code
  readonly retryable = true
  /** The challenge for the next proof. It is no secret. */
  readonly challenge: string

  constructor(message: string, challenge: string) {
    super(message)
    this.challenge = challenge
  }
}

/**
 * The request has no credentials, or only a `client_id`, which proves nothing. Answered 401 `invalid_client` with a challenge
 * (RFC 7662 §2.3).
 */
export class ClientAuthenticationMissingError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_MISSING'
  readonly code = ClientAuthenticationMissingError.code
  readonly retryable = false
}

/**
 * The access token of a caller is not accepted: it is unknown, expired, for another audience, bound to an unproven key, or a
 * token of a user. Answered 401 `invalid_token` with a challenge of its scheme (RFC 7662 §2.3, RFC 6750 §3.1).
 */
export class ClientAuthenticationTokenError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_TOKEN'
  readonly code = ClientAuthenticationTokenError.code
  readonly retryable = false
  /** The `WWW-Authenticate` value. The attempted scheme comes first. */
  readonly challenge: string
  /** The broken rule, if this library knows it. The message says the same. */
  readonly complaint: Complaint | undefined

  constructor(message: string, challenge: string, options?: CredentialErrorOptions) {
    super(message, options)
    this.challenge = challenge
    this.complaint = options?.complaint
  }
}

/**
 * The access token of a caller is good but lacks the scope for this endpoint. Answered `insufficient_scope` with 401 or
 * `clientAuthentication.accessToken.insufficientScopeStatus` (RFC 7662 §2.3, RFC 6750 §3.1).
 */
export class ClientAuthenticationScopeError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_SCOPE'
  readonly code = ClientAuthenticationScopeError.code
  readonly retryable = false
  /** The `WWW-Authenticate` value. The attempted scheme comes first. */
  readonly challenge: string
  /** The status of the answer. */
  readonly status: 401 | 403
  /** The scope of the token, and the scope that it needs. */
  readonly complaint: Complaint | undefined

  constructor(message: string, challenge: string, status: 401 | 403, options?: CredentialErrorOptions) {
    super(message, options)
    this.challenge = challenge
    this.status = status
    this.complaint = options?.complaint
  }
}

/** Too many secrets wait for `clientAuthentication.verifySecret`. Answered 503, so that hashing does not take all CPU time. */
export class ClientAuthenticationBusyError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_BUSY'
  readonly code = ClientAuthenticationBusyError.code
  readonly retryable = true
}

/** The keys of a caller could not be fetched from its `jwksUri`. Answered 503. */
export class ClientAuthenticationKeysError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_KEYS'
  readonly code = ClientAuthenticationKeysError.code
  readonly retryable = true
}

/** The replay store failed or is full. Answered 503, because the endpoint accepts only credentials that are certainly new. */
export class ClientAuthenticationReplayStoreError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_REPLAY_STORE'
  readonly code = ClientAuthenticationReplayStoreError.code
  readonly retryable = true
}

/** The registry of protected resources, or of clients, could not be read. Answered 503. */
export class ClientAuthenticationRegistryError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_REGISTRY'
  readonly code = ClientAuthenticationRegistryError.code
  readonly retryable = true
}

/**
 * The caller authenticated, but the entry that `findProtectedResource` or `findClient` returned for it has a fault. The message
 * names the member. Answered 500, because a wrong registration must disclose nothing.
 */
export class ClientAuthenticationRegistrationError extends IntrospectionError {
  static readonly code = 'ERR_CLIENT_AUTHENTICATION_REGISTRATION'
  readonly code = ClientAuthenticationRegistrationError.code
  readonly retryable = false
}

/**
 * The caller used up a budget: of hits, of misses, or of failures with a secret. Answered 429 with `Retry-After` (RFC 6585 §4).
 */
export class LimitsExceededError extends IntrospectionError {
  static readonly code = 'ERR_LIMITS_EXCEEDED'
  readonly code = LimitsExceededError.code
  readonly retryable = true
  /** Whole seconds until there is budget again. At least 1. */
  readonly retryAfterSeconds: number

  /**
   * @param budget - which budget is used up.
   */
  constructor(msBeforeNext: number, budget: 'hits' | 'misses' | 'failures' = 'hits') {
    super(`the caller used up its budget of ${budget}`)
    this.retryAfterSeconds = Math.min(Math.max(1, Math.ceil(msBeforeNext / 1000)), MAX_RETRY_AFTER_SECONDS)
  }
}

/** The limiter failed. Answered 503, because the handler gives no uncounted answers. */
export class LimitsLimiterError extends IntrospectionError {
  static readonly code = 'ERR_LIMITS_LIMITER'
  readonly code = LimitsLimiterError.code
  readonly retryable = true
}

/** A token store or another token resolver failed. Answered 503, never as inactive (RFC 7662 §4). */
export class LookupStoreError extends IntrospectionError {
  static readonly code = 'ERR_LOOKUP_STORE'
  readonly code = LookupStoreError.code
  readonly retryable = true
}

/** The token store could not revoke. Answered 503. The client tries again (RFC 7009 §2.2.1). */
export class RevocationStoreError extends IntrospectionError {
  static readonly code = 'ERR_REVOCATION_STORE'
  readonly code = RevocationStoreError.code
  readonly retryable = true
}

/** The log of revocations could not be read. Answered 503. The follower asks again. */
export class FeedLogError extends IntrospectionError {
  static readonly code = 'ERR_FEED_LOG'
  readonly code = FeedLogError.code
  readonly retryable = true
}

/** The feed handler was closed. Answered 503. The follower asks another process. */
export class FeedClosedError extends IntrospectionError {
  static readonly code = 'ERR_FEED_CLOSED'
  readonly code = FeedClosedError.code
  readonly retryable = true
}

/**
 * No place is free for another waiting follower of this protected resource. Answered 429. Questions that do not wait need no
 * place.
 */
export class FeedFollowersError extends IntrospectionError {
  static readonly code = 'ERR_FEED_FOLLOWERS'
  readonly code = FeedFollowersError.code
  readonly retryable = true
  /** The seconds after which the follower may try again. */
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The token was not issued to the client that asks for its revocation. Answered 400 `unauthorized_client` (RFC 7009 §2.1). */
export class AuthorizationTokenOwnerError extends IntrospectionError {
  static readonly code = 'ERR_AUTHORIZATION_TOKEN_OWNER'
  readonly code = AuthorizationTokenOwnerError.code
  readonly retryable = false
}

/** The disclosure policy threw. Answered 500. Nothing is disclosed. */
export class AuthorizationPolicyError extends IntrospectionError {
  static readonly code = 'ERR_AUTHORIZATION_POLICY'
  readonly code = AuthorizationPolicyError.code
  readonly retryable = false
}

/**
 * An answer could not be signed, or no key fits the algorithm that the protected resource registered. Answered 500, because a
 * caller that asked for a signed answer must never get an unsigned one.
 */
export class ResponseSigningError extends IntrospectionError {
  static readonly code = 'ERR_RESPONSE_SIGNING'
  readonly code = ResponseSigningError.code
  readonly retryable = false
}

/** An answer could not be encrypted, or the protected resource has no suitable key. Answered 500. */
export class ResponseEncryptionError extends IntrospectionError {
  static readonly code = 'ERR_RESPONSE_ENCRYPTION'
  readonly code = ResponseEncryptionError.code
  readonly retryable = false
}

/** The encryption keys of the protected resource could not be fetched. Answered 503. */
export class ResponseKeysUnavailableError extends IntrospectionError {
  static readonly code = 'ERR_RESPONSE_KEYS_UNAVAILABLE'
  readonly code = ResponseKeysUnavailableError.code
  readonly retryable = true
}

/** A token record does not fit an introspection response. Answered 500. The message names the members. */
export class ResponseShapeError extends IntrospectionError {
  static readonly code = 'ERR_RESPONSE_SHAPE'
  readonly code = ResponseShapeError.code
  readonly retryable = false
}
