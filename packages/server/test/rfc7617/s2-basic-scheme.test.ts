/** RFC 7617 §2: the Basic scheme. */
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { basic, createEndpoint, json, post, SECRET, send, token } from '../endpoint.ts'

const active = { token: token('active') }
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

describe('RFC 7617 §2', () => {
  test.each([undefined, 'introspection "A"'])('ERR-04 challenges with the realm %j', async (realm) => {
    const { handler } = await createEndpoint({ clientAuthentication: { realm } })
    const response = await send(handler, post(active, { authorization: undefined }))
    expect(parseChallenges(response.headers['www-authenticate'] ?? '')).toEqual([
      { scheme: 'Basic', parameters: { realm: realm ?? 'token introspection', charset: 'UTF-8' } },
    ])
  })

  test.each(['basic', 'BASIC', 'bAsIc'])('AUTH-04 takes the scheme spelt %s', async (scheme) => {
    const { handler } = await createEndpoint()
    const authorization = basic('orders-api', SECRET).replace('Basic', scheme)
    expect((await send(handler, post(active, { authorization }))).status).toBe(200)
  })

  test.each([
    ['no base64', '$$$$'],
    ['a stray character of base64', 'abcde'],
    ['base64 with misplaced padding', 'YTpi='],
    ['base64url', 'YTpi_-8='],
    ['nothing', ''],
    ['no colon', base64('orders-api')],
    ['a broken escape', base64('orders-api:%zz')],
    ['an escape that ends early', base64('orders-api:%4')],
    ['escapes that are not UTF-8', base64('orders-api:%FF%FE')],
    ['octets that are not UTF-8', base64('orders-api:\xff\xfe')],
    ['a control character', base64('orders-api:a\u0000b')],
    ['a line break', base64('orders-api:a\r\nb')],
    ['an escaped control character', base64('orders-api:a%0Ab')],
    ['a DEL', base64('orders-api:a\u007f')],
  ])('AUTH-05 answers Basic with %s with 401 invalid_client', async (_, credentials) => {
    for (const basicEncoding of ['form', 'form-then-raw'] as const) {
      const { handler } = await createEndpoint({ clientAuthentication: { basicEncoding } })
      const response = await send(handler, post(active, { authorization: `Basic ${credentials}` }))
      expect([response.status, json(response).error]).toEqual([401, 'invalid_client'])
    }
  })
})
