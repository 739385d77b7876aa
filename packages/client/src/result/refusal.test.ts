import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import {
  ResponseMalformedError,
  ResponseUntrustedError,
  TransportEndpointMissingError,
  TransportMethodUnsupportedError,
  TransportRateLimitedError,
  TransportStatusError,
  TransportTimeoutError,
  TransportUnauthorizedError,
  TransportUnreachableError,
} from '../errors.ts'
import {
  type Refusal,
  refuseAbsentToken,
  refuseMalformedRequest,
  refuseScope,
  refuseToken,
  refuseUnchecked,
} from './refusal.ts'

const settings = { realm: 'orders "live" \\ test', schemes: ['Bearer'] as const }
const { realm } = settings

function challengeOf(refusal: Refusal) {
  return parseChallenges(refusal.headers['www-authenticate'] ?? '')
}

describe('refusals with a challenge', () => {
  test.each([
    ['no token', refuseAbsentToken(settings), 'token_absent', 401, { realm }],
    [
      'a broken request',
      refuseMalformedRequest(settings),
      'request_malformed',
      400,
      { realm, error: 'invalid_request' },
    ],
    [
      'an inactive token',
      refuseToken('token_inactive', settings),
      'token_inactive',
      401,
      { realm, error: 'invalid_token' },
    ],
    [
      'a token of another kind',
      refuseToken('token_kind', settings),
      'token_kind',
      401,
      { realm, error: 'invalid_token' },
    ],
    [
      'a key-bound token',
      refuseToken('confirmation', settings),
      'confirmation',
      401,
      { realm, error: 'invalid_token' },
    ],
    ['another audience', refuseToken('audience', settings), 'audience', 401, { realm, error: 'invalid_token' }],
    [
      'too little scope',
      refuseScope('orders:read b', settings),
      'scope',
      403,
      { realm, error: 'insufficient_scope', scope: 'orders:read b' },
    ],
  ] as const)('contain no more than the standard asks: %s', (_, refusal, reason, status, parameters) => {
    expect(refusal).toMatchObject({ allowed: false, reason, status, error: undefined })
    expect(challengeOf(refusal)).toEqual([{ scheme: 'Bearer', parameters }])
    expect(refusal.headers['cache-control']).toBe('no-store')
    expect(refusal.body).toBe('error' in parameters ? `{"error":"${parameters.error}"}` : '')
  })
})

describe('refuseUnchecked', () => {
  test.each([
    ['unreachable', new TransportUnreachableError('x'), 503],
    ['timed out', new TransportTimeoutError('x'), 503],
    ['limiting requests', new TransportRateLimitedError('x', {}), 503],
    ['broken', new TransportStatusError('x', { status: 500 }), 503],
    ['down', new TransportStatusError('x', { status: 503 }), 503],
    ['redirecting', new TransportStatusError('x', { status: 302 }), 502],
    ['not there', new TransportStatusError('x', { status: 404 }), 502],
    ['giving a malformed answer', new ResponseMalformedError('x'), 502],
    ['giving an untrusted answer', new ResponseUntrustedError('x'), 502],
    ["refusing the client's credentials", new TransportUnauthorizedError('x', { status: 401 }), 500],
    ['without an introspection endpoint', new TransportEndpointMissingError('x'), 500],
    ['without a supported method', new TransportMethodUnsupportedError('x'), 500],
  ])('an authorization server that is %s: no challenge, no mention of the token', (_, error, status) => {
    const refusal = refuseUnchecked(error)
    expect(refusal).toMatchObject({ allowed: false, reason: 'unavailable', status, error })
    expect(refusal.headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    expect(refusal.body).toBe(`{"error":"${status === 503 ? 'temporarily_unavailable' : 'server_error'}"}`)
  })

  test.each([
    ['passed on with 503', new TransportStatusError('x', { status: 503, retryAfterSeconds: 17 }), '17'],
    ['passed on with 429', new TransportRateLimitedError('x', { retryAfterSeconds: 17 }), '17'],
    ['passed on when it is zero', new TransportStatusError('x', { status: 503, retryAfterSeconds: 0 }), '0'],
    ['not invented', new TransportStatusError('x', { status: 503 }), undefined],
    ['not invented with 429', new TransportRateLimitedError('x', {}), undefined],
    ['dropped with 502', new TransportStatusError('x', { status: 404, retryAfterSeconds: 17 }), undefined],
  ])('Retry-After is %s', (_, error, field) => {
    expect(refuseUnchecked(error).headers['retry-after']).toBe(field)
  })
})

describe('toResponse', () => {
  test('gives the refusal as a web Response', async () => {
    const refusal = refuseScope('orders:read', settings)
    const response = refusal.toResponse()
    expect(response.status).toBe(403)
    expect(Object.fromEntries(response.headers)).toEqual(refusal.headers)
    expect(await response.json()).toEqual({ error: 'insufficient_scope' })
  })

  test('has no media type without a body', () => {
    const response = refuseAbsentToken(settings).toResponse()
    expect([response.body, response.headers.get('content-type')]).toEqual([null, null])
  })

  test('creates a new Response each time', async () => {
    const refusal = refuseUnchecked(new TransportTimeoutError('x'))
    await refusal.toResponse().text()
    expect(await refusal.toResponse().json()).toEqual({ error: 'temporarily_unavailable' })
  })
})
