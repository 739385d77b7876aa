import { beforeEach, describe, expect, test } from 'vitest'
import {
  createClient,
  createKey,
  createServer,
  GOOD,
  jwtResponse,
  type SigningServer,
  sign,
} from '../signing-authorization-server.ts'

const key = await createKey()
let as: SigningServer

beforeEach(() => {
  as = createServer([key.published])
  as.answer = async () => jwtResponse(await sign(key))
})

test('JWT-01 FAPI-02 requests only a JWT introspection response, and accepts it', async () => {
  expect(await createClient(as).introspect('abc')).toEqual(GOOD.token_introspection)
  expect(as.introspections.map(({ headers }) => headers.get('accept'))).toEqual(['application/token-introspection+jwt'])
})

test.each([
  'application/token-introspection+jwt; charset=utf-8',
  'Application/Token-Introspection+JWT',
  'application/token-introspection+jwt;x="a;b"',
])('JWT-01 accepts the media type %s', async (mediaType) => {
  as.answer = async () => jwtResponse(await sign(key), mediaType)
  expect(await createClient(as).introspect('abc')).toMatchObject({ active: true })
})

test.each([
  ['application/jwt', 'ERR_RESPONSE_MALFORMED'],
  ['text/plain', 'ERR_RESPONSE_MALFORMED'],
  ['application/token-introspection+jwtx', 'ERR_RESPONSE_MALFORMED'],
  ['application/json', 'ERR_RESPONSE_UNTRUSTED'],
])('JWT-30 refuses a good JWT with the media type %s', async (mediaType, code) => {
  as.answer = async () => jwtResponse(await sign(key), mediaType)
  await expect(createClient(as).introspect('abc')).rejects.toMatchObject({ code })
})

describe('plain JSON', () => {
  test.each([{ active: true, sub: 'alice' }, { active: false }, GOOD])(
    'JWT-30 FAPI-02 is refused, whatever it says: %j',
    async (body) => {
      as.answer = () => Response.json(body)
      const client = createClient(as)
      await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED', retryable: false })
      const request = new Request('https://orders.example.com', { headers: { authorization: 'Bearer abc' } })
      expect(await client.guard({ audience: false })(request)).toMatchObject({ reason: 'unavailable', status: 502 })
    },
  )

  test.each([
    [401, 'invalid_client', 'ERR_TRANSPORT_UNAUTHORIZED'],
    [400, 'invalid_request', 'ERR_TRANSPORT_STATUS'],
    [406, 'not_acceptable', 'ERR_TRANSPORT_STATUS'],
    [503, 'temporarily_unavailable', 'ERR_TRANSPORT_STATUS'],
  ])('JWT-32 is accepted for errors: %i', async (status, error, code) => {
    as.answer = () => Response.json({ error }, { status })
    await expect(createClient(as).introspect('abc')).rejects.toMatchObject({ code, status, oauthError: error })
    expect(as.jwksRequests).toEqual([])
  })
})
