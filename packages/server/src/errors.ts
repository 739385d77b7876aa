/** The errors of the server's steps: what the handler catches, turns into a response and reports as an event. */
import { IntrospectionError } from '@token-introspection/core'

export { IntrospectionError, isIntrospectionError, RequestInvalidError } from '@token-introspection/core'

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

/** The body went elsewhere before the handler saw it, or its sender went away. Answered 500 where anyone still listens. */
export class RequestBodyUnavailableError extends IntrospectionError {
  readonly code = 'ERR_REQUEST_BODY_UNAVAILABLE'
  readonly retryable = false
}

/**
 * Nobody, or nobody we know, asks. Answered 401 `invalid_client` with a challenge, and the same words whatever was
 * wrong (RFC 7662 §2.3, RFC 6749 §5.2).
 */
export class ClientAuthenticationFailedError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_FAILED'
  readonly retryable = false
}

/** The registry of protected resources, or of clients, could not be read. Answered 503. */
export class ClientAuthenticationRegistryError extends IntrospectionError {
  readonly code = 'ERR_CLIENT_AUTHENTICATION_REGISTRY'
  readonly retryable = true
}

/** The token store could not be read. Answered 503 and never as inactive (RFC 7662 §4). */
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

/** A token record cannot be written as an introspection response. Answered 500; the message names the members. */
export class ResponseShapeError extends IntrospectionError {
  readonly code = 'ERR_RESPONSE_SHAPE'
  readonly retryable = false
}
