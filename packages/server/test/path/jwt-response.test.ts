/** JWT answers on the whole path, through every form of the handler. */
import { generateKeyPairSync, sign as signSync } from 'node:crypto'
import type { JSONWebKeySet, JWK } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import type { ProtectedResource, SigningKey } from '../../src/index.ts'
import {
  ACTIVE,
  type Changes,
  createEndpoint,
  expectNothingSecret,
  ISSUER,
  json,
  NOW,
  post,
  PROTECTED_RESOURCES,
  TOKENS,
  token,
} from '../endpoint.ts'
import {
  askForJwt,
  createRecipient,
  createSigningEndpoint,
  decryptAnswer,
  JWT_TYPE,
  SIGNING_KEYS,
  signing,
  verifyAnswer,
} from '../signed-answers.ts'
import { forms } from './forms.ts'
import { answerFields, common } from './introspection-cases/expect-answers.ts'

const recipient = await createRecipient('ECDH-ES')
const encrypted = { introspectionEncryptedResponseAlg: 'ECDH-ES' } as const
const orders = PROTECTED_RESOURCES[0] as ProtectedResource

/** A signing key in a KMS. It counts its signatures. */
function createKms() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const sign = vi.fn((data: Uint8Array) =>
    Promise.resolve(new Uint8Array(signSync('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }))),
  )
  const published: JWK = { ...(publicKey.export({ format: 'jwk' }) as JWK), alg: 'ES256', kid: 'kms', use: 'sig' }
  return { sign, published, key: { alg: 'ES256', kid: 'kms', sign } as const satisfies SigningKey }
}

/** Options of an endpoint that signs, with a registry function that is called for each request. */
function found(more: object): Changes {
  return {
    ...signing(),
    clientAuthentication: { findProtectedResource: (id) => (id === orders.id ? { ...orders, ...more } : undefined) },
  }
}

describe.each(forms)('JWT answers, $name', ({ send }) => {
  test('are signed, with the usual header fields', async () => {
    const { handler, events } = await createSigningEndpoint()
    const response = await send(handler, askForJwt())
    expect(answerFields(response)).toEqual({ ...common, 'content-type': JWT_TYPE })
    expect((await verifyAnswer(response)).answer).toEqual(ACTIVE)
    expect(events).toMatchObject([{ type: 'introspected', protectedResource: 'orders-api', active: true }])
    expectNothingSecret(response, events)
  })

  test('are encrypted for a protected resource that registers encryption', async () => {
    const { handler, events } = await createSigningEndpoint({ ...encrypted, jwks: { keys: [recipient.jwk] } })
    const response = await send(handler, askForJwt())
    const { signed } = await decryptAnswer(response, recipient.privateKey)
    expect((await verifyAnswer(signed)).answer).toEqual(ACTIVE)
    expectNothingSecret(response, events)
  })

  test('are encrypted for a key that the handler fetches once', async () => {
    const fetchJwks = vi.fn(() => Promise.resolve(Response.json({ keys: [recipient.jwk] } satisfies JSONWebKeySet)))
    const { handler } = await createEndpoint({
      ...signing(),
      clientAuthentication: {
        protectedResources: [{ ...orders, ...encrypted, jwksUri: 'https://orders.example.com/jwks' }],
        fetchJwks,
      },
    })
    for (const name of ['active', 'revoked'] as const) {
      const { signed } = await decryptAnswer(await send(handler, askForJwt(name)), recipient.privateKey)
      await verifyAnswer(signed)
    }
    expect(fetchJwks).toHaveBeenCalledTimes(1)
  })

  test('are correct for many requests at the same time', async () => {
    const { handler } = await createSigningEndpoint()
    const names = Object.keys(TOKENS) as (keyof typeof TOKENS)[]
    const answers = await Promise.all(names.map(async (name) => verifyAnswer(await send(handler, askForJwt(name)))))
    expect(answers.map(({ answer }) => (answer as { active: boolean }).active)).toEqual(
      names.map((name) => ['active', 'owned', 'severalAudiences'].includes(name) || name === 'dpop'),
    )
  })

  test('do not change the JSON answers of the same endpoint', async () => {
    const { handler } = await createSigningEndpoint()
    const response = await send(handler, post({ token: token('active') }))
    expect(answerFields(response)).toEqual(common)
    expect(json(response)).toEqual(ACTIVE)
  })

  test('are all that a protected resource with requireJwtResponse gets', async () => {
    const { handler, events } = await createSigningEndpoint({ requireJwtResponse: true })
    const refused = await send(handler, post({ token: token('active') }, { accept: 'application/json' }))
    expect([refused.status, json(refused)['error']]).toEqual([406, 'invalid_request'])
    expect(refused.body).toContain(JWT_TYPE)
    await verifyAnswer(await send(handler, post({ token: token('active') }, { accept: '*/*' })))
    expect(events.map((event) => event.type)).toEqual(['refused', 'introspected'])
  })

  describe('by a KMS', () => {
    test('are signed once a second for the same caller and answer, and a revocation shows at once', async () => {
      const kms = createKms()
      const { handler, store } = await createEndpoint(
        signing({ introspectionSignedResponseAlg: 'ES256' }, { keys: [...SIGNING_KEYS.slice(0, 1), kms.key] }),
      )
      const first = await send(handler, askForJwt())
      expect((await send(handler, askForJwt())).body).toBe(first.body)
      expect(kms.sign).toHaveBeenCalledTimes(1)
      await store.revoke(token('active'))
      const after = await verifyAnswer(await send(handler, askForJwt()), 'orders-api', [kms.published])
      expect(after.answer).toEqual({ active: false })
      expect(kms.sign).toHaveBeenCalledTimes(2)
    })

    test.each<[title: string, sign: (data: Uint8Array) => Promise<Uint8Array>]>([
      ['fails', () => Promise.reject(new Error(`the key of ${orders.id} is gone`))],
      ['hangs', () => new Promise(() => undefined)],
      ['gives DER', () => Promise.resolve(new Uint8Array(70))],
    ])('that %s become a 500 without details, never a JSON answer', async (_, sign) => {
      const { handler, events } = await createEndpoint({
        ...signing(
          { introspectionSignedResponseAlg: 'ES256' },
          { keys: [...SIGNING_KEYS.slice(0, 1), { ...createKms().key, sign }] },
        ),
        timeoutMs: 20,
      })
      for (const name of ['active', 'revoked'] as const) {
        const response = await send(handler, askForJwt(name))
        expect([response.status, response.body, answerFields(response)]).toEqual([
          500,
          '{"error":"server_error"}',
          common,
        ])
        expectNothingSecret(response, events)
      }
      expect(events).toMatchObject(
        Array.from({ length: 2 }, () => ({ type: 'refused', status: 500, error: { code: 'ERR_RESPONSE_SIGNING' } })),
      )
    })
  })

  // A modulus of 2048 bits. Nothing is encrypted with it.
  const MODULUS = Buffer.alloc(256, 0xff).toString('base64url')
  const wrongly = 'ERR_CLIENT_AUTHENTICATION_REGISTRATION'
  const unusable = 'ERR_CLIENT_AUTHENTICATION_FAILED'
  test.each<[title: string, more: object, status: number, code: string]>([
    ['no signing key for its algorithm', { introspectionSignedResponseAlg: 'PS384' }, 500, wrongly],
    ['the algorithm none', { introspectionSignedResponseAlg: 'none' }, 500, wrongly],
    ['a content encryption without an algorithm', { introspectionEncryptedResponseEnc: 'A256GCM' }, 500, wrongly],
    ['a shared secret to encrypt with', { introspectionEncryptedResponseAlg: 'dir' }, 500, wrongly],
    [
      'no suitable key',
      { ...encrypted, jwks: { keys: [{ kty: 'RSA', use: 'sig', n: MODULUS, e: 'AQAB' }] } },
      500,
      wrongly,
    ],
    ['no keys at all', encrypted, 500, wrongly],
    ['a secret instead of a public key', { ...encrypted, jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 401, unusable],
    ['keys at an address that is not https', { ...encrypted, jwksUri: 'http://169.254.169.254/' }, 401, unusable],
    [
      'keys that cannot be fetched',
      { ...encrypted, jwksUri: 'https://orders.example.com/keys' },
      503,
      'ERR_RESPONSE_KEYS_UNAVAILABLE',
    ],
  ])('are refused for a protected resource that is registered with %s', async (_, more, status, code) => {
    const { handler, events } = await createEndpoint(found(more))
    const response = await send(handler, askForJwt())
    expect(response.status).toBe(status)
    const errors = { 401: 'invalid_client', 500: 'server_error', 503: 'temporarily_unavailable' }
    expect(json(response)).toEqual({ error: errors[status as 500] })
    expect(response.headers['retry-after']).toBe(status === 503 ? '1' : undefined)
    expect(events.filter(({ type }) => type !== 'warning')).toMatchObject([
      { type: 'refused', status, error: { code } },
    ])
    expectNothingSecret(response, events)
  })

  test('are not offered without signing keys: 406, and 500 for a protected resource with requireJwtResponse', async () => {
    const plain = await createEndpoint()
    expect((await send(plain.handler, askForJwt())).status).toBe(406)
    const { response: _, ...unsigned } = found({ requireJwtResponse: true })
    const required = await createEndpoint(unsigned)
    expect((await send(required.handler, askForJwt('active', { accept: '*/*' }))).status).toBe(500)
  })
})

test('the answer uses the clock of the handler', async () => {
  const { handler } = await createSigningEndpoint()
  const response = await handler.handle({
    method: 'POST',
    header: (name) => askForJwt().headers.find(([field]) => field === name)?.[1],
    readBody: () => askForJwt().body,
  })
  expect((await verifyAnswer(response)).claims).toMatchObject({ iss: ISSUER, iat: NOW })
})
