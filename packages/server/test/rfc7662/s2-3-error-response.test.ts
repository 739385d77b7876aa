/** RFC 7662 §2.3: how the endpoint refuses a caller. */
import { describe, expect, test } from 'vitest'
import {
  basic,
  createEndpoint,
  json,
  OTHER_SECRET,
  post,
  SECRET,
  send,
  token,
  TOKENS,
  type TokenName,
} from '../endpoint.ts'

describe('RFC 7662 §2.3', () => {
  test.each([
    ['a wrong secret', { authorization: basic('orders-api', 'wrong') }],
    ['the secret of another caller', { authorization: basic('orders-api', OTHER_SECRET) }],
    ['an unknown identifier', { authorization: basic('nobody', SECRET) }],
    ['no credentials', { authorization: undefined }],
  ])('ERR-01 answers %s with 401 invalid_client', async (_, headers) => {
    const { handler } = await createEndpoint()
    const response = await send(handler, post({ token: token('active') }, headers))
    expect([response.status, json(response).error]).toEqual([401, 'invalid_client'])
  })

  test.each(Object.keys(TOKENS) as TokenName[])(
    'ERR-01 gives the same answer to a wrong secret for the %s token',
    async (name) => {
      const { handler } = await createEndpoint()
      const request = post({ token: token(name) }, { authorization: basic('orders-api', 'wrong') })
      expect(await send(handler, request)).toMatchObject({ status: 401, body: '{"error":"invalid_client"}' })
    },
  )
})
