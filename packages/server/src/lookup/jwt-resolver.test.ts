import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createJwtResolver, type JwtResolverOptions } from './jwt-resolver.ts'
import { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import { digestToken } from '../stores/token-store.ts'

const ISSUER = 'https://as.example.com'
const CLAIMS = {
  iss: ISSUER,
  sub: 'alice',
  aud: 'https://orders.example.com',
  client_id: 'web',
  jti: 'id-1',
  iat: 1_764_000_000,
  exp: 1_764_003_600,
  scope: 'orders:read',
}

async function keyPair(alg: string, kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

const rsa = await keyPair('RS256', 'rsa')
const ec = await keyPair('ES256', 'ec')
const stranger = await keyPair('ES256', 'ec')
const jwks: JSONWebKeySet = { keys: [rsa.jwk, ec.jwk] }

interface Signing {
  readonly key?: Awaited<ReturnType<typeof keyPair>>
  readonly header?: object
}

function sign(claims: object, { key = ec, header = {} }: Signing = {}): Promise<string> {
  return new SignJWT(claims as JWTPayload)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
    .sign(key.privateKey)
}

function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

async function resolve(token: string, changes: Partial<JwtResolverOptions> = {}): Promise<TokenRecord | null> {
  const resolver = createJwtResolver({ issuer: ISSUER, jwks, isRevoked: () => false, ...changes })
  return resolver.resolve(new TokenLookup({ token, parameters: undefined as never }, 'digest'))
}

describe('createJwtResolver', () => {
  test.each([rsa, ec])('finds a token signed with $alg', async (key) => {
    const token = await sign(CLAIMS, { key })
    const signedDigest = await digestToken(token.slice(0, token.lastIndexOf('.')))
    expect(await resolve(token)).toEqual({ kind: 'access_token', ...CLAIMS, claims: {}, signedDigest })
  })

  test.each(['at+jwt', 'at+JWT', 'application/at+jwt', 'AT+jwt'])('accepts the typ %s', async (typ) => {
    expect(await resolve(await sign(CLAIMS, { header: { typ } }))).toMatchObject({ sub: 'alice' })
  })

  test.each([undefined, 'JWT', 'token-introspection+jwt', 'dpop+jwt', 'logout+jwt', 'secevent+jwt', 'xat+jwt'])(
    'does not accept another kind of JWT as an access token: typ %s (SEC-04)',
    async (typ) => {
      expect(await resolve(await sign(CLAIMS, { header: { typ } }))).toBeNull()
    },
  )

  test('does not find a token that it cannot verify (SEC-04)', async () => {
    const good = await sign(CLAIMS)
    const [header, payload, signature] = good.split('.') as [string, string, string]
    const root = encode({ ...CLAIMS, sub: 'root' })
    const tokens = [
      await sign(CLAIMS, { key: stranger }),
      await sign(CLAIMS, { key: stranger, header: { kid: undefined } }),
      await sign(CLAIMS, { key: stranger, header: { jwk: stranger.jwk } }),
      await sign(CLAIMS, { header: { kid: 'other' } }),
      new UnsecuredJWT(CLAIMS).encode(),
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.${signature}`,
      `${header}.${root}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      `${good}=`,
      `${good}.x`,
      ` ${good}`,
      `${header}..${signature}`,
      'a.b.c',
      '..',
      'opaque',
    ]
    for (const token of tokens) expect(await resolve(token), token).toBeNull()
  })

  test('does not use a public key as a secret (SEC-04)', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(rsa.jwk))
    const forged = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg: 'HS256', kid: 'rsa', typ: 'at+jwt' })
      .sign(secret)
    expect(await resolve(forged)).toBeNull()
  })

  test('refuses an unknown critical header parameter (JOSE-02)', async () => {
    const token = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg: 'ES256', kid: 'ec', typ: 'at+jwt', crit: ['b64', 'x'], b64: true, x: 1 })
      .sign(ec.privateKey, { crit: { x: true, b64: true } })
    expect(await resolve(token)).toBeNull()
  })

  test.each<[string, object]>([
    ['of another issuer', { iss: 'https://as.example.com/' }],
    ['of an issuer whose identifier begins with ours', { iss: 'https://as.example.com.evil.example' }],
    ['without issuer', { iss: undefined }],
    ['without subject', { sub: undefined }],
    ['without client', { client_id: undefined }],
    ['without identifier', { jti: undefined }],
    ['without audience', { aud: undefined }],
    ['without expiry', { exp: undefined }],
    ['without date of issue', { iat: undefined }],
    ['whose subject is a number', { sub: 7 }],
    ['whose expiry is text', { exp: '1764003600' }],
    ['whose nbf is text', { nbf: '0' }],
    ['whose auth_time is text', { auth_time: '0' }],
    ['whose audience is a number', { aud: [7] }],
    ['whose scope is a list', { scope: ['orders:read'] }],
  ])('does not find a token %s', async (_, changes) => {
    expect(await resolve(await sign({ ...CLAIMS, ...changes }))).toBeNull()
  })

  test('does not find a token whose claims can be read in two ways (JOSE-03)', async () => {
    const payload = '{"sub":"root",' + JSON.stringify(CLAIMS).slice(1)
    const signed = await sign(CLAIMS)
    const header = signed.split('.')[0] as string
    const input = new TextEncoder().encode(`${header}.${encode(payload)}`)
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, ec.privateKey, input)
    const token = `${header}.${encode(payload)}.${Buffer.from(signature).toString('base64url')}`
    expect(await resolve(token)).toBeNull()
  })

  test('rounds fractions to whole seconds (RSP-11)', async () => {
    const dates = { exp: 1_764_003_600.9, iat: 1_764_000_000.2, nbf: 1.5, auth_time: 2.5 }
    expect(await resolve(await sign({ ...CLAIMS, ...dates }))).toMatchObject({
      exp: 1_764_003_600,
      iat: 1_764_000_000,
      nbf: 1,
      auth_time: 2,
    })
  })

  test('returns an expired token, because the lookup checks its expiry', async () => {
    expect(await resolve(await sign({ ...CLAIMS, exp: 1 }))).toMatchObject({ exp: 1 })
  })

  test('turns unregistered claims into extension claims, and never sets members such as kind from them', async () => {
    const claims = {
      ...CLAIMS,
      tenant: 'a',
      active: false,
      revoked: false,
      kind: 'refresh_token',
      grantId: 'x',
      signedDigest: 'z',
      sid: 's',
    }
    expect(await resolve(await sign(claims), { grantIdClaim: 'tenant' })).toEqual({
      ...CLAIMS,
      signedDigest: expect.any(String) as unknown,
      kind: 'access_token',
      grantId: 'a',
      sessionId: 's',
      sid: 's',
      claims: { tenant: 'a', revoked: false, kind: 'refresh_token', grantId: 'x', signedDigest: 'z' },
    })
  })

  test('takes amr and sid, and leaves out one of a wrong type', async () => {
    expect(await resolve(await sign({ ...CLAIMS, amr: ['pwd'], sid: 's' }))).toMatchObject({ amr: ['pwd'], sid: 's' })
    const odd = await resolve(await sign({ ...CLAIMS, amr: 'pwd', sid: 5 }))
    expect(odd).toMatchObject({ sub: CLAIMS.sub, claims: {} })
    for (const name of ['amr', 'sid', 'sessionId']) expect(odd).not.toHaveProperty(name)
  })

  test.each<[string, unknown, boolean]>([
    ['false', false, false],
    ['a promise of false', Promise.resolve(false), false],
    ['true', true, true],
    ['nothing', undefined, true],
    ['0', 0, true],
  ])('accepts %s from isRevoked', async (_, answer, revoked) => {
    const record = await resolve(await sign(CLAIMS), { isRevoked: () => answer as boolean })
    expect(record?.revoked ?? false).toBe(revoked)
  })

  test('asks isRevoked with the record and the lookup after the token is verified', async () => {
    const asked: unknown[][] = []
    const isRevoked = (...args: unknown[]): boolean => asked.push(args) === 0
    await resolve(await sign(CLAIMS, { key: stranger }), { isRevoked })
    expect(asked).toEqual([])
    const token = await sign(CLAIMS)
    await resolve(token, { isRevoked })
    expect(asked).toEqual([
      [expect.objectContaining({ sub: 'alice' }), expect.objectContaining({ token, digest: 'digest' })],
    ])
  })

  test('tries every suitable key when kid does not select one (FAPI-08)', async () => {
    const other = await keyPair('ES256', 'ec')
    const same: JSONWebKeySet = { keys: [other.jwk, ec.jwk] }
    expect(await resolve(await sign(CLAIMS), { jwks: same })).toMatchObject({ sub: 'alice' })
    expect(await resolve(await sign(CLAIMS, { key: stranger }), { jwks: same })).toBeNull()
  })

  test('uses rotated keys', async () => {
    let current: JSONWebKeySet = { keys: [rsa.jwk] }
    const findJwks = (): Promise<JSONWebKeySet> => Promise.resolve(current)
    const token = await sign(CLAIMS)
    expect(await resolve(token, { jwks: undefined, findJwks })).toBeNull()
    current = jwks
    expect(await resolve(token, { jwks: undefined, findJwks })).toMatchObject({ sub: 'alice' })
  })

  test.each<[string, () => JSONWebKeySet | Promise<JSONWebKeySet>]>([
    ['that cannot be fetched', () => Promise.reject(new Error('down'))],
    ['that are not a key set', () => ({}) as JSONWebKeySet],
  ])('fails with keys %s, instead of answering that the token is unknown', async (_, findJwks) => {
    await expect(resolve(await sign(CLAIMS), { jwks: undefined, findJwks })).rejects.toThrow()
  })

  test('accepts only the configured algorithms', async () => {
    expect(await resolve(await sign(CLAIMS), { algorithms: ['RS256'] })).toBeNull()
    expect(await resolve(await sign(CLAIMS), { algorithms: ['ES256'] })).not.toBeNull()
  })

  test.each<[string, object]>([
    ['issuer', { issuer: undefined }],
    ['isRevoked', { isRevoked: undefined }],
    ['jwks', { jwks: undefined }],
    ['jwks', { jwks: { keys: [] } }],
    ['jwks', { findJwks: () => jwks }],
    ['algorithms', { algorithms: [] }],
    ['algorithms', { algorithms: ['none'] }],
    ['algorithms', { algorithms: ['HS256'] }],
    ['jwksUri', { jwksUri: 'https://as.example.com/jwks' }],
  ])('refuses a wrong %s', (path, changes) => {
    const options = { issuer: ISSUER, jwks, isRevoked: () => false, ...changes } as JwtResolverOptions
    expect(() => createJwtResolver(options)).toThrow(new RegExp(`^${path}: `))
  })
})
