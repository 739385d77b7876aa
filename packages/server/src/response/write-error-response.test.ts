import { IntrospectionError } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import * as errors from '../errors.ts'
import type { HttpRequest } from '../http/http-message.ts'
import { type ErrorResponseStep, writeErrorResponse } from './write-error-response.ts'
import { RESPONSE_HEADERS } from './write-response.ts'

const step: ErrorResponseStep = {
  challenge: 'Basic realm="x"',
  retryAfterSeconds: 7,
}
const jwtStep: ErrorResponseStep = { ...step, jwt: {} }

/** A request with this `Accept` field. */
function requestOf(accept: string | undefined): HttpRequest {
  return { method: 'POST', header: (name) => (name === 'accept' ? accept : undefined), readBody: () => '' }
}

const request = requestOf(undefined)
/** A message for the operator that a caller must not see. */
const message = 'the secret s3cr3t of row 42'

type ErrorClass = new (message: string) => IntrospectionError

/** Status, error code and further header fields for every error of the server. */
const TABLE: readonly [ErrorClass, number, string, object][] = [
  [errors.RequestInvalidError, 400, 'invalid_request', {}],
  [errors.RequestMethodError, 405, 'invalid_request', { allow: 'POST' }],
  [errors.RequestMediaTypeError, 415, 'invalid_request', {}],
  [errors.RequestTooLargeError, 413, 'invalid_request', {}],
  [errors.RequestNotAcceptableError, 406, 'invalid_request', {}],
  [errors.RequestBodyUnavailableError, 500, 'server_error', {}],
  [errors.ClientAuthenticationFailedError, 401, 'invalid_client', { 'www-authenticate': 'Basic realm="x"' }],
  [errors.ClientAuthenticationBusyError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.ClientAuthenticationKeysError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.ClientAuthenticationReplayStoreError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.LimitsLimiterError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.ClientAuthenticationRegistryError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.LookupStoreError, 503, 'temporarily_unavailable', {}],
  [errors.AuthorizationPolicyError, 500, 'server_error', {}],
  [errors.AuthorizationTokenOwnerError, 400, 'unauthorized_client', {}],
  [errors.RevocationStoreError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.FeedLogError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.FeedClosedError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.SecretUnavailableError, 503, 'temporarily_unavailable', {}],
  [errors.ResponseShapeError, 500, 'server_error', {}],
  [errors.ClientAuthenticationMissingError, 401, 'invalid_client', { 'www-authenticate': 'Basic realm="x"' }],
  [errors.ResponseKeysUnavailableError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.ResponseEncryptionError, 500, 'server_error', {}],
  [errors.ResponseSigningError, 500, 'server_error', {}],
  [errors.ClientAuthenticationRegistrationError, 500, 'server_error', {}],
]

/** Errors that contain the values of their answer. */
const SPEAKING: readonly [IntrospectionError, number, string, object][] = [
  [new errors.LimitsExceededError(1500), 429, 'temporarily_unavailable', { 'retry-after': '2' }],
  [new errors.FeedFollowersError(message, 3), 429, 'temporarily_unavailable', { 'retry-after': '3' }],
  [
    new errors.ClientAuthenticationChallengeError(message, 'c1'),
    400,
    'use_attestation_challenge',
    { 'oauth-client-attestation-challenge': 'c1' },
  ],
  [
    new errors.ClientAuthenticationTokenError(message, 'Bearer a="b"'),
    401,
    'invalid_token',
    { 'www-authenticate': 'Bearer a="b"' },
  ],
  [
    new errors.ClientAuthenticationScopeError(message, 'Bearer', 401),
    401,
    'insufficient_scope',
    { 'www-authenticate': 'Bearer' },
  ],
  [
    new errors.ClientAuthenticationScopeError(message, 'Bearer', 403),
    403,
    'insufficient_scope',
    { 'www-authenticate': 'Bearer' },
  ],
]

/** Errors whose messages are about the request and come from this library. */
const DESCRIBED: readonly ErrorClass[] = [errors.RequestInvalidError, errors.RequestNotAcceptableError]

describe('writeErrorResponse', () => {
  test('is tested with every error class of the server', () => {
    const classes = Object.values(errors).filter(
      (value) => Object.getPrototypeOf(value) === IntrospectionError && typeof value === 'function',
    )
    const tested = [...TABLE.map(([errorClass]) => errorClass), ...SPEAKING.map(([error]) => error.constructor)]
    expect(new Set(tested)).toEqual(new Set(classes))
    expect(new Set(TABLE.map(([ErrorClass]) => new ErrorClass('').code)).size).toBe(TABLE.length)
  })

  test.each(TABLE)('%o', (ErrorClass, status, error, headers) => {
    const response = writeErrorResponse(new ErrorClass(message), step, request)
    expect(response.status).toBe(status)
    expect(response.headers).toEqual({ ...RESPONSE_HEADERS, ...headers })
    expect(JSON.parse(response.body)).toMatchObject({ error })
  })

  test.each(SPEAKING)('answers %o with the values in the error', (thrown, status, error, headers) => {
    const response = writeErrorResponse(thrown, step, request)
    expect(response.status).toBe(status)
    expect(response.headers).toEqual({ ...RESPONSE_HEADERS, ...headers })
    expect(JSON.parse(response.body)).toMatchObject({ error })
    expect(response.body).not.toMatch(/s3cr3t|42/)
  })

  test.each(TABLE.filter(([ErrorClass]) => !DESCRIBED.includes(ErrorClass)))(
    'does not send the message of %o',
    (ErrorClass) => {
      expect(writeErrorResponse(new ErrorClass(message), step, request).body).not.toMatch(/s3cr3t|42/)
    },
  )

  test.each([
    ['a built-in error', new TypeError(message)],
    ['an error with a code of its own', Object.assign(new Error(message), { code: 'ERR_REQUEST_INVALID' })],
    ['text', message],
    ['undefined', undefined],
    ['null', null],
    ['an object without prototype', Object.create(null) as object],
  ])('sends no details about %s', (_, error) => {
    expect(writeErrorResponse(error, step, request)).toEqual({
      status: 500,
      headers: RESPONSE_HEADERS,
      body: '{"error":"server_error"}',
    })
  })

  test.each([
    ['the parameter "token" is missing', "the parameter 'token' is missing"],
    ['plain words', 'plain words'],
    ['a back\\slash', undefined],
    ['a line\nbreak', undefined],
    ['ünïcode', undefined],
    ['', undefined],
  ])('describes the request fault %j with allowed characters', (fault, description) => {
    const response = writeErrorResponse(new errors.RequestInvalidError(fault), step, request)
    expect(response.status).toBe(400)
    expect(JSON.parse(response.body)).toEqual({
      error: 'invalid_request',
      ...(description !== undefined && { error_description: description }),
    })
  })

  test('names the available media types to a caller that accepts none of them', () => {
    const error = new errors.RequestNotAcceptableError('the answer is application/token-introspection+jwt')
    expect(JSON.parse(writeErrorResponse(error, step, request).body)).toEqual({
      error: 'invalid_request',
      error_description: 'the answer is application/token-introspection+jwt',
    })
  })

  describe('without credentials, when JWT answers are offered', () => {
    const missing = new errors.ClientAuthenticationMissingError(message)
    const wrong = new errors.ClientAuthenticationFailedError(message)

    test.each([
      'application/token-introspection+jwt',
      'application/token-introspection+jwt, application/json;q=0',
      'application/json;q=0, */*',
      'text/html, application/token-introspection+jwt;q=0.1',
    ])('answers 400 to a caller that demands a JWT with %s (JWT-03)', (accept) => {
      const response = writeErrorResponse(missing, jwtStep, requestOf(accept))
      expect(response.status).toBe(400)
      expect(response.headers).toEqual(RESPONSE_HEADERS)
      expect(JSON.parse(response.body)).toEqual({
        error: 'invalid_request',
        error_description: 'client authentication is missing',
      })
    })

    test.each([
      undefined,
      '',
      '*/*',
      'application/json',
      'application/*',
      'application/token-introspection+jwt, application/json;q=0.1',
    ])('answers 401 to a caller that accepts JSON with %s', (accept) => {
      expect(writeErrorResponse(missing, jwtStep, requestOf(accept)).status).toBe(401)
    })

    test.each([undefined, 'application/json', 'application/token-introspection+jwt'])(
      'answers 401 to wrong credentials with %s',
      (accept) => {
        expect(writeErrorResponse(wrong, jwtStep, requestOf(accept)).status).toBe(401)
      },
    )

    test('answers 401 when only JSON is offered', () => {
      expect(writeErrorResponse(missing, step, requestOf('application/token-introspection+jwt')).status).toBe(401)
    })
  })
})
