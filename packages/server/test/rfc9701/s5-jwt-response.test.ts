import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { claimsSchema } from '../claims.ts'
import {
  ACTIVE,
  basic,
  CHALLENGE,
  createEndpoint,
  form,
  INACTIVE,
  ISSUER,
  json,
  NOW,
  OTHER_SECRET,
  post,
  RECORD,
  SECRET,
  send,
  storeOf,
  type TokenName,
  token,
} from '../endpoint.ts'
import {
  askForJwt,
  createKey,
  createRecipient,
  createSigningEndpoint,
  decryptAnswer,
  JWT_TYPE,
  signing,
  verifyAnswer,
} from '../signed-answers.ts'

const anonymous = { authorization: undefined }

describe('RFC 9701 §5', () => {
  test('a caller that demands a JWT without credentials gets 400 (JWT-03)', async () => {
    const { handler, events } = await createSigningEndpoint()
    const response = await send(handler, askForJwt('active', anonymous))
    expect([response.status, json(response)['error']]).toEqual([400, 'invalid_request'])
    expect(response.headers).not.toHaveProperty('www-authenticate')
    expect(events).toMatchObject([{ type: 'refused', status: 400 }])
  })

  test.each([
    ['wrong credentials', askForJwt('active', { authorization: basic('orders-api', 'wrong') })],
    ['an unknown caller', askForJwt('active', { authorization: basic('nobody', SECRET) })],
    [
      'no credentials, from a caller that also accepts JSON',
      askForJwt('active', { ...anonymous, accept: `${JWT_TYPE}, */*;q=0.1` }),
    ],
  ])('%s still get 401 with a challenge (JWT-03)', async (_, request) => {
    const { handler } = await createSigningEndpoint()
    const response = await send(handler, request)
    expect([response.status, response.headers['www-authenticate'], json(response)]).toEqual([
      401,
      CHALLENGE,
      { error: 'invalid_client' },
    ])
  })

  test('the answer is a token-introspection+jwt in media type and typ (JWT-08, JWT-09)', async () => {
    const { handler } = await createSigningEndpoint()
    const response = await send(handler, askForJwt())
    expect(response.headers['content-type']).toBe('application/token-introspection+jwt')
    expect((await verifyAnswer(response)).header).toEqual({
      typ: 'token-introspection+jwt',
      alg: 'RS256',
      kid: 'RS256',
    })
  })

  test('iss is the issuer, aud the protected resource that asks, iat the time of the answer (JWT-11, JWT-13, JWT-15)', async () => {
    const { handler } = await createSigningEndpoint()
    const { claims } = await verifyAnswer(await send(handler, askForJwt('severalAudiences')))
    expect(claims).toMatchObject({ iss: ISSUER, aud: 'orders-api', iat: NOW })
    expect(RECORD.iat).not.toBe(NOW)
    const others = await send(handler, askForJwt('foreign', { authorization: basic('invoices-api', OTHER_SECRET) }))
    expect((await verifyAnswer(others, 'invoices-api')).claims.aud).toBe('invoices-api')
  })

  test('token_introspection contains what the JSON answer contains, and the JWT has no other claims of the token (JWT-17, JWT-21, JWT-22)', async () => {
    const { handler } = await createEndpoint({
      ...signing(),
      lookup: { store: storeOf({ ...RECORD, claims: { tenant: 'acme' } }) },
      claims: claimsSchema(),
    })
    const { claims, answer } = await verifyAnswer(await send(handler, askForJwt()))
    expect(Object.keys(claims)).toEqual(['iss', 'aud', 'iat', 'token_introspection'])
    expect(answer).toEqual({ ...ACTIVE, tenant: 'acme' })
    expect(answer).toEqual(json(await send(handler, post(form({ token: token('active') })))))
  })

  test.each<TokenName>(['expired', 'revoked', 'future', 'refresh', 'foreign', 'audienceless', 'emptyAudience'])(
    'the answer about the %s token is signed too, and says only that it is inactive (JWT-19)',
    async (name) => {
      const { handler } = await createSigningEndpoint()
      const { claims, answer } = await verifyAnswer(await send(handler, askForJwt(name)))
      expect(JSON.stringify(answer)).toBe(INACTIVE)
      expect(Object.keys(claims)).toEqual(['iss', 'aud', 'iat', 'token_introspection'])
    },
  )

  test('answers about tokens that are inactive for different reasons are identical, byte for byte (JWT-19)', async () => {
    const { handler } = await createSigningEndpoint({ introspectionSignedResponseAlg: 'ES256' })
    const bodies = new Set<string>()
    for (const name of ['expired', 'revoked', 'foreign'] as const)
      bodies.add((await send(handler, askForJwt(name))).body)
    expect(bodies.size).toBe(1)
  })

  test('scope is narrowed to the scope tokens of the protected resource (JWT-20)', async () => {
    const { handler } = await createSigningEndpoint({ view: { scopes: ['orders:read'] } })
    expect((await verifyAnswer(await send(handler, askForJwt()))).answer).toEqual({ ...ACTIVE, scope: 'orders:read' })
  })

  test('an encrypted answer is a nested JWT, signed and then encrypted (JWT-24)', async () => {
    const { jwk, privateKey } = await createRecipient('ECDH-ES+A256KW')
    const { handler } = await createSigningEndpoint({
      introspectionEncryptedResponseAlg: 'ECDH-ES+A256KW',
      jwks: { keys: [jwk] },
    })
    const response = await send(handler, askForJwt())
    expect(response.headers['content-type']).toBe(JWT_TYPE)
    expect(response.body.split('.')).toHaveLength(5)
    const { header, signed } = await decryptAnswer(response, privateKey)
    expect(header).toMatchObject({ cty: 'JWT', kid: 'rs-1' })
    expect((await verifyAnswer(signed)).answer).toEqual(ACTIVE)
  })

  test('an inactive answer is signed and encrypted like any other (JWT-19, JWT-24)', async () => {
    const { jwk, privateKey } = await createRecipient('RSA-OAEP-256')
    const { handler } = await createSigningEndpoint({
      introspectionEncryptedResponseAlg: 'RSA-OAEP-256',
      jwks: { keys: [jwk] },
    })
    const { signed } = await decryptAnswer(await send(handler, askForJwt('revoked')), privateKey)
    expect((await verifyAnswer(signed)).answer).toEqual({ active: false })
  })

  test.each([
    ['no token', post('', { accept: JWT_TYPE }), 400, 'invalid_request'],
    ['GET', { ...askForJwt(), method: 'GET', body: new Uint8Array() }, 405, 'invalid_request'],
    ['JSON', askForJwt('active', { 'content-type': 'application/json' }), 415, 'invalid_request'],
    ['wrong credentials', askForJwt('active', { authorization: basic('orders-api', 'wrong') }), 401, 'invalid_client'],
  ])('the error for %s stays JSON (JWT-32)', async (_, request, status, error) => {
    const { handler } = await createSigningEndpoint()
    const response = await send(handler, request)
    expect([response.status, response.headers['content-type']]).toEqual([status, 'application/json'])
    expect(json(response)).toMatchObject({ error })
  })

  test('a key with a future start does not sign before that time, and signs afterwards (JWT-38)', async () => {
    const [current, next] = [await createKey('ES256', 'k1'), await createKey('ES256', 'k2', { signsFrom: NOW + 60 })]
    const published = [current.published, next.published]
    let second = NOW
    const { handler } = await createEndpoint({
      ...signing({}, { keys: [current.signingKey, next.signingKey], defaultSigningAlg: 'ES256' }),
      now: () => second * 1000,
    })
    const before = await verifyAnswer(await send(handler, askForJwt()), 'orders-api', published)
    second = NOW + 60
    const after = await send(handler, askForJwt())
    expect([before.header.kid, before.claims.iat]).toEqual(['k1', NOW])
    expect(decodeJwt(after.body).iat).toBe(NOW + 60)
    expect(JSON.parse(Buffer.from(after.body.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ kid: 'k2' })
  })
})
