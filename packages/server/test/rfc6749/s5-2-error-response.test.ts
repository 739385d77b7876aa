/** RFC 6749 §5.2: the body and the challenge of an error. */
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { basic, createEndpoint, json, post, SECRET, send, storeOf, token, type WireRequest } from '../endpoint.ts'

const active = { token: token('active') }
const ALLOWED = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

/** One request for each fault that a request can have. */
const WRONG: readonly [string, WireRequest, status: number, error: string][] = [
  ['no token', post(''), 400, 'invalid_request'],
  ['a repeated token', post('token=a&token=b'), 400, 'invalid_request'],
  ['a broken escape', post('token=%"\\'), 400, 'invalid_request'],
  ['a client_id that differs', post({ ...active, client_id: '"\\\n\u00e9' }), 400, 'invalid_request'],
  ['two methods', post({ ...active, client_id: 'orders-api', client_secret: SECRET }), 400, 'invalid_request'],
  ['a wrong secret', post(active, { authorization: basic('orders-api', 'wr"on\\g') }), 401, 'invalid_client'],
  ['no credentials', post(active, { authorization: undefined }), 401, 'invalid_client'],
  ['GET', post('', {}, { method: 'GET' }), 405, 'invalid_request'],
  ['an Accept we cannot serve', post(active, { accept: 'application/jwt;a="b"' }), 406, 'invalid_request'],
  ['a large body', post('"\\'.repeat(30_000)), 413, 'invalid_request'],
  ['JSON', post('{"token":"x"}', { 'content-type': 'application/json' }), 415, 'invalid_request'],
]

describe('RFC 6749 §5.2', () => {
  test.each([basic('orders-api', 'wrong'), 'Basic *', 'basic abcde', 'BASIC'])(
    'ERR-02 answers the attempt %s with a challenge of the same scheme',
    async (authorization) => {
      const { handler } = await createEndpoint()
      const response = await send(handler, post(active, { authorization }))
      const challenges = parseChallenges(response.headers['www-authenticate'] ?? '')
      expect([response.status, challenges?.map(({ scheme }) => scheme)]).toEqual([401, ['Basic']])
    },
  )

  test.each(WRONG)('ERR-05 answers %s with a JSON object that has error', async (_, request, status, error) => {
    const { handler } = await createEndpoint()
    const response = await send(handler, request)
    expect([response.status, response.headers['content-type']]).toEqual([status, 'application/json'])
    expect(json(response).error).toBe(error)
  })

  test('ERR-05 answers internal failures in the same form', async () => {
    const { handler } = await createEndpoint({
      lookup: { store: storeOf({ kind: 'access_token', aud: 'urn:orders', sub: 7 }) },
    })
    const response = await send(handler, post(active))
    expect([response.status, json(response)]).toEqual([500, { error: 'server_error' }])
  })

  test.each(WRONG)(
    'ERR-06 describes %s with allowed characters only, and repeats nothing from the request',
    async (_, request) => {
      const { handler } = await createEndpoint()
      const response = await send(handler, request)
      for (const value of Object.values(json(response))) expect(value).toMatch(ALLOWED)
      expect(Object.keys(json(response)).filter((name) => !['error', 'error_description'].includes(name))).toEqual([])
      for (const secret of [SECRET, token('active'), 'wr"on']) expect(JSON.stringify(response)).not.toContain(secret)
    },
  )

  test.each(WRONG)('ERR-06 keeps the code of the error about %s out of the answer', async (_, request) => {
    const { handler, events } = await createEndpoint()
    const response = await send(handler, request)
    expect(events).toMatchObject([
      { type: 'refused', error: { message: expect.stringMatching(/ \[ERR_[A-Z_]+\]$/) as string } },
    ])
    expect(JSON.stringify(response)).not.toContain('ERR_')
  })
})
