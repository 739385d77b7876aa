import { IntrospectionError } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import * as errors from '../errors.ts'
import type { ResponseStep } from './shape-response.ts'
import { writeErrorResponse } from './write-error-response.ts'
import { RESPONSE_HEADERS } from './write-response.ts'

const step: ResponseStep = {
  issuer: 'https://as.example.com',
  claims: undefined,
  challenge: 'Basic realm="x"',
  retryAfterSeconds: 7,
}
/** What an operator may read and a caller may not. */
const message = 'the secret s3cr3t of row 42'

type ErrorClass = new (message: string) => IntrospectionError

/** Status, error and further header fields of every error the server has. */
const TABLE: readonly [ErrorClass, number, string, object][] = [
  [errors.RequestInvalidError, 400, 'invalid_request', {}],
  [errors.RequestMethodError, 405, 'invalid_request', { allow: 'POST' }],
  [errors.RequestMediaTypeError, 415, 'invalid_request', {}],
  [errors.RequestTooLargeError, 413, 'invalid_request', {}],
  [errors.RequestNotAcceptableError, 406, 'invalid_request', {}],
  [errors.RequestBodyUnavailableError, 500, 'server_error', {}],
  [errors.ClientAuthenticationFailedError, 401, 'invalid_client', { 'www-authenticate': 'Basic realm="x"' }],
  [errors.ClientAuthenticationRegistryError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.LookupStoreError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.AuthorizationPolicyError, 500, 'server_error', {}],
  [errors.AuthorizationTokenOwnerError, 400, 'unauthorized_client', {}],
  [errors.RevocationStoreError, 503, 'temporarily_unavailable', { 'retry-after': '7' }],
  [errors.ResponseShapeError, 500, 'server_error', {}],
]

describe('writeErrorResponse', () => {
  test('is tested with every error class of the server', () => {
    const classes = Object.values(errors).filter(
      (value) => Object.getPrototypeOf(value) === IntrospectionError && typeof value === 'function',
    )
    expect(new Set(TABLE.map(([errorClass]) => errorClass))).toEqual(new Set(classes))
    expect(new Set(TABLE.map(([ErrorClass]) => new ErrorClass('').code)).size).toBe(TABLE.length)
  })

  test.each(TABLE)('%o', (ErrorClass, status, error, headers) => {
    const response = writeErrorResponse(new ErrorClass(message), step)
    expect(response.status).toBe(status)
    expect(response.headers).toEqual({ ...RESPONSE_HEADERS, ...headers })
    expect(JSON.parse(response.body)).toMatchObject({ error })
  })

  test.each(TABLE.filter(([ErrorClass]) => ErrorClass !== errors.RequestInvalidError))(
    'keeps the message of %o to itself',
    (ErrorClass) => {
      expect(writeErrorResponse(new ErrorClass(message), step).body).not.toMatch(/s3cr3t|42/)
    },
  )

  test.each([
    ['an error of the language', new TypeError(message)],
    ['an error with a code of its own', Object.assign(new Error(message), { code: 'ERR_REQUEST_INVALID' })],
    ['text', message],
    ['undefined', undefined],
    ['null', null],
    ['an object without prototype', Object.create(null) as object],
  ])('says nothing about %s', (_, error) => {
    expect(writeErrorResponse(error, step)).toEqual({
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
  ])('describes a request fault %j with characters that are allowed', (fault, description) => {
    const response = writeErrorResponse(new errors.RequestInvalidError(fault), step)
    expect(response.status).toBe(400)
    expect(JSON.parse(response.body)).toEqual({
      error: 'invalid_request',
      ...(description !== undefined && { error_description: description }),
    })
  })
})
