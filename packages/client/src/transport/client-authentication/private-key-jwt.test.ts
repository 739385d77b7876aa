import { createPrivateKey, generateKeyPairSync, sign as signOctets } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ClientAuthentication } from './client-authentication.ts'
import type { PrivateKey } from './key-signer.ts'
import { privateKeyJwt, privateKeyJwtFromSigner } from './private-key-jwt.ts'

const issuer = 'https://as.example.com'
const endpoint = `${issuer}/introspect`
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const jwk = { ...(await exportJWK(privateKey)), kid: 'from-jwk' }
const keyObject = createPrivateKey({ key: jwk, format: 'jwk' })
const pem = keyObject.export({ type: 'pkcs8', format: 'pem' }).toString()

async function parametersOf(authentication: ClientAuthentication) {
  const draft = { endpoint, issuer, headers: {}, parameters: {} as Record<string, string> }
  await authentication.authenticate(draft)
  expect(draft.headers).toEqual({})
  return draft.parameters
}

async function assertionOf(authentication: ClientAuthentication): Promise<string> {
  return (await parametersOf(authentication))['client_assertion'] as string
}

function signNothing(): Promise<Uint8Array> {
  return Promise.resolve(new Uint8Array(64))
}

describe('privateKeyJwt', () => {
  test.each<[string, PrivateKey]>([
    ['a CryptoKey', privateKey],
    ['a KeyObject', keyObject],
    ['a JWK', jwk],
    ['PKCS #8 PEM', pem],
  ])('signs with %s', async (_, key) => {
    const assertion = await assertionOf(privateKeyJwt('api', key, { algorithm: 'ES256', keyId: 'k' }))
    const { protectedHeader, payload } = await jwtVerify(assertion, publicKey, { algorithms: ['ES256'] })
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'client-authentication+jwt', kid: 'k' })
    expect(payload).toEqual({
      iss: 'api',
      sub: 'api',
      aud: issuer,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      iat: expect.any(Number) as number,
      exp: Number(payload.iat) + 60,
    })
  })

  test('signs with RS256 by default, and names the key of a JWK', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const assertion = await assertionOf(privateKeyJwt('api', rsa.privateKey))
    await jwtVerify(assertion, rsa.publicKey, { algorithms: ['RS256'] })
    expect(decodeProtectedHeader(assertion)).not.toHaveProperty('kid')
    const named = await assertionOf(privateKeyJwt('api', jwk, { algorithm: 'ES256' }))
    expect(decodeProtectedHeader(named).kid).toBe('from-jwk')
  })

  test.each(['PS256', 'Ed25519', 'EdDSA'] as const)('signs with %s', async (algorithm) => {
    const pair = await generateKeyPair(algorithm, { extractable: true })
    const assertion = await assertionOf(privateKeyJwt('api', pair.privateKey, { algorithm }))
    await expect(jwtVerify(assertion, pair.publicKey, { algorithms: [algorithm] })).resolves.toBeDefined()
  })

  test('sends the identifier beside the assertion only with the option', async () => {
    const algorithm = 'ES256'
    expect(Object.keys(await parametersOf(privateKeyJwt('api', jwk, { algorithm })))).toEqual([
      'client_assertion_type',
      'client_assertion',
    ])
    const { client_id } = await parametersOf(privateKeyJwt('api', jwk, { algorithm, sendClientId: true }))
    expect(client_id).toBe('api')
  })

  test('has the typ JWT only with the option, with every kind of key', async () => {
    const signer = { algorithm: 'ES256', sign: signNothing } as const
    for (const [options, typ] of [
      [{}, 'client-authentication+jwt'],
      [{ typ: 'JWT' }, 'JWT'],
    ] as const) {
      const made = [
        privateKeyJwt('api', jwk, { algorithm: 'ES256', ...options }),
        privateKeyJwtFromSigner('api', signer, options),
      ]
      for (const authentication of made) {
        expect(decodeProtectedHeader(await assertionOf(authentication)).typ).toBe(typ)
      }
    }
  })

  test('has the URL of the request as aud with the option, with and without an issuer', async () => {
    const authentication = privateKeyJwt('api', jwk, { algorithm: 'ES256', audienceFrom: 'endpoint' })
    for (const known of [issuer, undefined]) {
      const prepared = authentication.prepare?.({ issuer: known, now: Date.now } as never) as ClientAuthentication
      expect(decodeJwt(await assertionOf(prepared)).aud).toBe(endpoint)
    }
  })

  test('follows the preset of the server, under its own options', async () => {
    const client = {
      issuer,
      now: Date.now,
      assertion: { typ: 'JWT', sendClientId: true, audienceFrom: 'endpoint' },
    } as never
    const read = async (options: object) => {
      const authentication = privateKeyJwt('api', jwk, { algorithm: 'ES256', ...options })
      const { client_assertion: made, client_id } = await parametersOf(
        authentication.prepare?.(client) as ClientAuthentication,
      )
      return { typ: decodeProtectedHeader(made as string).typ, aud: decodeJwt(made as string).aud, client_id }
    }
    expect(await read({})).toEqual({ typ: 'JWT', aud: endpoint, client_id: 'api' })
    expect(await read({ typ: 'client-authentication+jwt', audienceFrom: 'issuer', sendClientId: false })).toEqual({
      typ: 'client-authentication+jwt',
      aud: issuer,
      client_id: undefined,
    })
    expect(await read({ audience: 'urn:as' })).toMatchObject({ aud: 'urn:as' })
  })

  test('names after a refusal the values it sent, and the options that change them', () => {
    const advice = (options: object) =>
      privateKeyJwt('api', jwk, options).prepare?.({ issuer, now: Date.now } as never).advice
    expect(advice({})).toContain(`aud "${issuer}" (options audience and audienceFrom)`)
    expect(advice({})).toContain('typ "client-authentication+jwt" (option typ)')
    expect(advice({})).toContain('no client_id beside it (option sendClientId)')
    expect(advice({ audience: 'urn:as', typ: 'JWT', sendClientId: true })).toMatch(/aud "urn:as".*"JWT".*and client_id/)
    expect(advice({ audienceFrom: 'endpoint' })).toContain('aud the URL of the request')
  })

  test('uses the clock of its client', async () => {
    const prepared = privateKeyJwt('api', jwk, { algorithm: 'ES256', lifetimeSeconds: 5 }).prepare?.({
      issuer,
      now: () => 1_764_000_000_999,
    } as never) as ClientAuthentication
    expect(decodeJwt(await assertionOf(prepared))).toMatchObject({ iat: 1_764_000_000, exp: 1_764_000_005 })
  })

  test('requires an audience when there is no issuer', async () => {
    const client = { issuer: undefined, now: Date.now } as never
    expect(() => privateKeyJwt('api', jwk).prepare?.(client)).toThrow(/^audience: /)
    const draft = { endpoint, issuer: undefined, headers: {}, parameters: {} }
    await expect(privateKeyJwt('api', jwk).authenticate(draft)).rejects.toThrow(/^audience: /)
    const authentication = privateKeyJwt('api', jwk, { algorithm: 'ES256', audience: 'urn:as' })
    expect(() => authentication.prepare?.(client)).not.toThrow()
    expect(decodeJwt(await assertionOf(authentication)).aud).toBe('urn:as')
  })

  const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey

  test.each<[string, PrivateKey, 'ES256' | 'RS256']>([
    ['a key for another algorithm', privateKey, 'RS256'],
    ['PEM for another algorithm', pem, 'RS256'],
    ['a JWK for another algorithm', jwk, 'RS256'],
    ['an RSA key of 1024 bits', rsa1024, 'RS256'],
    ['PEM that is cut short', pem.slice(0, 60), 'ES256'],
  ])('refuses %s with the first request, and does not quote it', async (_, key, algorithm) => {
    const asserted = assertionOf(privateKeyJwt('api', key, { algorithm }))
    await expect(asserted).rejects.toThrow(/^key: is not a private key for/)
    await expect(asserted).rejects.toThrow(TypeError)
    await expect(asserted).rejects.not.toHaveProperty('cause')
  })

  test.each([
    ['an empty identifier', () => privateKeyJwt('', jwk), /^clientId: /],
    ['a public CryptoKey', () => privateKeyJwt('api', publicKey), /^key: /],
    ['a public JWK', () => privateKeyJwt('api', { ...jwk, d: undefined } as never), /^key: /],
    ['PEM of another kind', () => privateKeyJwt('api', pem.replaceAll('PRIVATE', 'EC PRIVATE')), /^key: /],
    ['no key', () => privateKeyJwt('api', undefined as never), /^key: /],
    ['the algorithm none', () => privateKeyJwt('api', jwk, { algorithm: 'none' as never }), /^algorithm: /],
    [
      'an algorithm with a shared secret',
      () => privateKeyJwt('api', jwk, { algorithm: 'HS256' as never }),
      /^algorithm: /,
    ],
    ['a lifetime of two minutes', () => privateKeyJwt('api', jwk, { lifetimeSeconds: 120 }), /^lifetimeSeconds: /],
    ['an unknown typ', () => privateKeyJwt('api', jwk, { typ: 'at+jwt' as never }), /^typ: /],
    ['an unknown audienceFrom', () => privateKeyJwt('api', jwk, { audienceFrom: 'token' as never }), /^audienceFrom: /],
    [
      'two audiences',
      () => privateKeyJwt('api', jwk, { audience: 'urn:as', audienceFrom: 'endpoint' }),
      /^audienceFrom: cannot be combined with audience/,
    ],
    ['an unknown option', () => privateKeyJwt('api', jwk, { kid: 'k' } as never), /^kid: /],
    ['a signer without sign', () => privateKeyJwtFromSigner('api', { algorithm: 'ES256' } as never), /^signer.sign: /],
    ['a signer without algorithm', () => privateKeyJwtFromSigner('api', {} as never), /^signer.algorithm: /],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})

describe('privateKeyJwtFromSigner', () => {
  test('gets the signature from the signer', async () => {
    const authentication = privateKeyJwtFromSigner('api', {
      algorithm: 'ES256',
      keyId: 'kms',
      sign: (data) => Promise.resolve(signOctets('sha256', data, { key: keyObject, dsaEncoding: 'ieee-p1363' })),
    })
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'kms', alg: 'ES256' }] })
    const { payload } = await jwtVerify(await assertionOf(authentication), keys, { audience: issuer })
    expect(payload).toMatchObject({ iss: 'api', sub: 'api', aud: issuer })
  })

  test('says that the signer failed, with its error as the cause', async () => {
    const down = new Error('the KMS is down')
    const sign = () => Promise.reject(down)
    await expect(assertionOf(privateKeyJwtFromSigner('api', { algorithm: 'ES256', sign }))).rejects.toMatchObject({
      code: 'ERR_SECRET_UNAVAILABLE',
      cause: down,
    })
  })
})
