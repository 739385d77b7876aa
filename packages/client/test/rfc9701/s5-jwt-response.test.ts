import { createHmac } from 'node:crypto'
import {
  type CacheEntry,
  clientSecretBasic,
  IntrospectionClient,
  type JwtResponseOptions,
} from '@token-introspection/client'
import { exportSPKI, importJWK, type CryptoKey } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  CLIENT_ID,
  createClient,
  createKey,
  createServer,
  GOOD,
  ISSUER,
  jwtResponse,
  NOW,
  type SigningServer,
  sign,
} from '../signing-authorization-server.ts'

const key = await createKey()
const stranger = await createKey()
const rsa = await createKey('RS256')
const token = 'the-token'
let as: SigningServer

beforeEach(() => {
  as = createServer([key.published, rsa.published])
})

/** The outcome of an answer. */
function outcomeOf(jwt: string, options?: Parameters<typeof createClient>[2]): Promise<unknown> {
  as.answer = () => jwtResponse(jwt)
  return createClient(as, {}, options)
    .introspect(token)
    .catch((error: unknown) => {
      expect((error as Error).message).not.toContain(token)
      expect((error as Error).message).not.toContain('eyJ')
      return (error as { code: string }).code
    })
}

const UNTRUSTED = 'ERR_RESPONSE_UNTRUSTED'
const NO_KEY = 'ERR_RESPONSE_KEYS_UNAVAILABLE'
const MALFORMED = 'ERR_RESPONSE_MALFORMED'

function part(value: object | string): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

describe('typ', () => {
  test.each(['token-introspection+jwt', 'application/token-introspection+jwt', 'Token-Introspection+JWT'])(
    'JWT-10 may be %s',
    async (typ) => {
      expect(await outcomeOf(await sign(key, GOOD, { typ }))).toMatchObject({ active: true })
    },
  )

  test.each([
    undefined,
    'JWT',
    'at+jwt',
    'application/at+jwt',
    'logout+jwt',
    'secevent+jwt',
    'x/token-introspection+jwt',
  ])('JWT-10 may not be %s, even if everything else is right', async (typ) => {
    expect(await outcomeOf(await sign(key, GOOD, { typ }))).toBe(UNTRUSTED)
  })

  test('JWT-10 separates an answer from an access token and an ID token of the same issuer', async () => {
    const accessToken = { iss: ISSUER, aud: CLIENT_ID, iat: NOW, exp: NOW + 60, sub: 'alice', jti: '1', active: true }
    expect(await outcomeOf(await sign(key, accessToken, { typ: 'at+jwt' }))).toBe(UNTRUSTED)
    expect(await outcomeOf(await sign(key, { ...accessToken, nonce: 'n' }, { typ: 'JWT' }))).toBe(UNTRUSTED)
  })
})

describe('the signature', () => {
  test('JWT-29 may not be none', async () => {
    const header = { alg: 'none', typ: 'token-introspection+jwt' }
    expect(await outcomeOf(`${part(header)}.${part(GOOD)}.`)).toBe(UNTRUSTED)
    expect(await outcomeOf(`${part({ ...header, alg: 'NONE' })}.${part(GOOD)}.`)).toBe(UNTRUSTED)
    const signature = (await sign(key)).split('.')[2] as string
    expect(await outcomeOf(`${part(header)}.${part(GOOD)}.${signature}`)).toBe(UNTRUSTED)
  })

  test('JWT-29 may not be an HMAC with the public key as secret', async () => {
    const pem = await exportSPKI((await importJWK(rsa.published, 'RS256', { extractable: true })) as CryptoKey)
    const signed = `${part({ alg: 'HS256', typ: 'token-introspection+jwt', kid: 'RS256' })}.${part(GOOD)}`
    for (const secret of [pem, JSON.stringify(rsa.published), 'secret']) {
      const mac = createHmac('sha256', secret).update(signed).digest('base64url')
      expect(await outcomeOf(`${signed}.${mac}`)).toBe(UNTRUSTED)
    }
  })

  test('JWT-12 may not be by the key of another party, whatever kid it names', async () => {
    expect(await outcomeOf(await sign(stranger))).toBe(UNTRUSTED)
    expect(await outcomeOf(await sign(stranger, GOOD, { kid: undefined }))).toBe(UNTRUSTED)
    expect(await outcomeOf(await sign(stranger, GOOD, { kid: 'RS256' }))).toBe(NO_KEY)
    expect(await outcomeOf(await sign(stranger, GOOD, { kid: 'theirs' }))).toBe(NO_KEY)
  })

  test('JWT-12 may not be by a key in the header', async () => {
    const { published: jwk } = stranger
    expect(await outcomeOf(await sign(stranger, GOOD, { jwk, jku: 'https://evil.example/jwks' }))).toBe(UNTRUSTED)
    expect(as.jwksRequests.map(({ url }) => url)).toEqual([`${ISSUER}/jwks`])
  })

  test('JWT-29 covers every octet', async () => {
    const [header, , signature] = (await sign(key)).split('.')
    const claims = { ...GOOD, token_introspection: { ...GOOD.token_introspection, sub: 'mallory' } }
    expect(await outcomeOf(`${header}.${part(claims)}.${signature}`)).toBe(UNTRUSTED)
    expect(await outcomeOf(`${header}.${part(GOOD)}.${'A'.repeat(86)}`)).toBe(UNTRUSTED)
  })

  test('JWT-29 FAPI-04 must use a configured algorithm', async () => {
    as.answer = async () => jwtResponse(await sign(rsa))
    expect(await createClient(as).introspect(token)).toMatchObject({ active: true })
    expect(await createClient(as, { algorithms: ['RS256'] }).introspect(token)).toMatchObject({ active: true })
    for (const options of [{ algorithms: ['ES256'] as const }, { profile: 'fapi2' as const }]) {
      await expect(createClient(as, options).introspect(token)).rejects.toMatchObject({ code: UNTRUSTED })
    }
  })

  test('FAPI-04 may not use an RSA key that is too short', async () => {
    const { generateKeyPairSync, sign: signOctets } = await import('node:crypto')
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    as.keys = [{ ...(publicKey.export({ format: 'jwk' }) as object), kty: 'RSA', kid: 'short', use: 'sig' }]
    const signed = `${part({ alg: 'RS256', typ: 'token-introspection+jwt', kid: 'short' })}.${part(GOOD)}`
    const signature = signOctets('sha256', Buffer.from(signed), privateKey).toString('base64url')
    expect(await outcomeOf(`${signed}.${signature}`)).toBe(UNTRUSTED)
  })

  test.each(['PS256', 'ES384', 'Ed25519', 'EdDSA'])('JOSE-06 may be %s', async (alg) => {
    const own = await createKey(alg)
    as.keys = [own.published]
    expect(await outcomeOf(await sign(own))).toMatchObject({ active: true })
  })

  test('JWT-12 may not use a key for another purpose', async () => {
    as.keys = [{ ...key.published, use: 'enc' }]
    expect(await outcomeOf(await sign(key))).toBe(NO_KEY)
    as.keys = [{ ...key.published, alg: 'ES384' }]
    expect(await outcomeOf(await sign(key))).toBe(NO_KEY)
  })
})

describe('the form', () => {
  test('JOSE-02 may have no critical extension', async () => {
    for (const crit of [['exp'], ['b64'], [], 'b64']) {
      const header = { alg: 'ES256', typ: 'token-introspection+jwt', kid: 'ES256', crit, b64: true, exp: 1 }
      const signature = (await sign(key)).split('.')[2] as string
      expect(await outcomeOf(`${part(header)}.${part(GOOD)}.${signature}`)).toBe(UNTRUSTED)
    }
    expect(await outcomeOf(await sign(key, GOOD, { crit: ['b64'], b64: true }))).toBe(UNTRUSTED)
  })

  test('JOSE-03 may have no duplicate claim or header parameter', async () => {
    const inactive = JSON.stringify({ ...GOOD, token_introspection: { active: false } })
    const twice = inactive.replace('{"active":false}', '{"active":false,"active":true}')
    expect(await outcomeOf(await sign(key, twice))).toBe(MALFORMED)
    const members = inactive.replace('"iat"', '"token_introspection":{"active":true},"iat"')
    expect(await outcomeOf(await sign(key, members))).toBe(MALFORMED)
    const header = part('{"alg":"none","alg":"ES256","typ":"token-introspection+jwt","kid":"ES256"}')
    expect(await outcomeOf(`${header}.${part(GOOD)}.AAAA`)).toBe(MALFORMED)
  })

  test('JOSE-04 is canonical compact base64url', async () => {
    const jwt = await sign(key)
    const [header, payload, signature] = jwt.split('.') as [string, string, string]
    for (const bad of [
      '',
      ` ${jwt}`,
      `${jwt}\n`,
      `${jwt}=`,
      `${jwt}.`,
      `${jwt}.x`,
      `${header}.${payload}`,
      `${header}.${payload}==.${signature}`,
      `${header}+/.${payload}.${signature}`,
      JSON.stringify({ protected: header, payload, signature }),
      JSON.stringify(GOOD),
    ]) {
      expect([bad, await outcomeOf(bad)]).toEqual([bad, MALFORMED])
    }
  })

  test('JOSE-04 is UTF-8', async () => {
    const { CompactSign } = await import('jose')
    const octets = Buffer.from(JSON.stringify({ ...GOOD, x: 'å' }), 'latin1')
    const header = { alg: 'ES256', typ: 'token-introspection+jwt', kid: 'ES256' }
    const jwt = await new CompactSign(octets).setProtectedHeader(header).sign(key.privateKey)
    expect(await outcomeOf(jwt)).toBe(MALFORMED)
  })

  test('may not be longer than transport.maxResponseBytes', async () => {
    expect(await outcomeOf(await sign(key, { ...GOOD, x: 'x'.repeat(65_536) }))).toBe(MALFORMED)
  })
})

describe('the envelope', () => {
  test.each(['https://other.example.com', `${ISSUER}/`, `${ISSUER}/introspect`, 'HTTPS://AS.EXAMPLE.COM', ''])(
    'JWT-12 may not name the issuer %o',
    async (iss) => {
      expect(await outcomeOf(await sign(key, { ...GOOD, iss }))).toBe(UNTRUSTED)
    },
  )

  test("JWT-12 must name the client's issuer, even if tokens of others are accepted", async () => {
    const other = 'https://other.example.com'
    const options = { acceptedIssuers: [ISSUER, other] }
    expect(await outcomeOf(await sign(key, { ...GOOD, iss: other }), options)).toBe(UNTRUSTED)
  })

  test.each(['billing-api', [], ['billing-api'], 'orders', 'orders-api ', 'ORDERS-API', ''])(
    'JWT-14 may not have the audience %j',
    async (aud) => {
      expect(await outcomeOf(await sign(key, { ...GOOD, aud }))).toBe(UNTRUSTED)
    },
  )

  test('JWT-14 may have several audiences, and the agreed name of this client', async () => {
    expect(await outcomeOf(await sign(key, { ...GOOD, aud: ['x', CLIENT_ID] }))).toMatchObject({ active: true })
    const audience = 'https://orders.example.com/'
    as.answer = async () => jwtResponse(await sign(key, { ...GOOD, aud: audience }))
    expect(await createClient(as, { audience }).introspect(token)).toMatchObject({ active: true })
    await expect(createClient(as).introspect(token)).rejects.toMatchObject({ code: UNTRUSTED })
  })

  test.each([
    ['a week old', NOW - 7 * 86_400],
    ['just too old', NOW - 66],
    ['from the future', NOW + 6],
    ['from long ago', 0],
  ])('JWT-16 may not be %s', async (_, iat) => {
    expect(await outcomeOf(await sign(key, { ...GOOD, iat }))).toBe(UNTRUSTED)
  })

  test.each([NOW - 65, NOW, NOW + 5])('JWT-16 may be from %i', async (iat) => {
    expect(await outcomeOf(await sign(key, { ...GOOD, iat }))).toMatchObject({ active: true })
  })

  test('JWT-16 counts as too old when the clock returns NaN', async () => {
    expect(await outcomeOf(await sign(key), { now: () => Number.NaN })).toBe(UNTRUSTED)
  })

  test.each(['iss', 'aud', 'iat', 'token_introspection'])('JWT-16 JWT-18 must have %s', async (name) => {
    expect(await outcomeOf(await sign(key, { ...GOOD, [name]: undefined }))).toBe(MALFORMED)
  })

  test.each([{ sub: 'alice' }, { exp: NOW + 60 }, { exp: 1 }, { sub: null }])(
    'JWT-23 may not have members of a token at the top: %j',
    async (members) => {
      expect(await outcomeOf(await sign(key, { ...GOOD, ...members }))).toBe(UNTRUSTED)
    },
  )
})

describe('token_introspection', () => {
  test('JWT-18 is the only source of members', async () => {
    const inactive = { ...GOOD, active: true, scope: 'admin', token_introspection: { active: false } }
    expect(await outcomeOf(await sign(key, inactive))).toEqual({ active: false })
    const active = { ...GOOD, scope: 'admin', client_id: 'x', token_introspection: { active: true } }
    expect(await outcomeOf(await sign(key, active))).toEqual({ active: true })
  })

  test.each([undefined, null, true, 'active', [], [{ active: true }], {}, { active: 'true' }, { active: 1 }])(
    'JWT-18 may not be %j, whatever stands beside it',
    async (token_introspection) => {
      expect(await outcomeOf(await sign(key, { ...GOOD, active: true, token_introspection }))).toBe(MALFORMED)
    },
  )

  test('JWT-40 is about a token of the same issuer, unless the options accept others', async () => {
    const iss = 'https://other.example.com'
    const jwt = await sign(key, { ...GOOD, token_introspection: { active: true, iss } })
    expect(await outcomeOf(jwt)).toBe(UNTRUSTED)
    expect(await outcomeOf(jwt, { acceptedIssuers: [ISSUER, iss] })).toEqual({ active: true, iss })
  })

  test("is judged by the client's clock like any other answer", async () => {
    expect(await outcomeOf(await sign(key, { ...GOOD, token_introspection: { active: true, exp: NOW - 5 } }))).toEqual({
      active: false,
    })
  })
})

describe('a shared cache', () => {
  test('gives no client an answer that this client would have refused', async () => {
    const entries = new Map<string, CacheEntry>()
    const store = {
      get: (name: string) => entries.get(name),
      set: (name: string, entry: CacheEntry) => void entries.set(name, entry),
      delete: (name: string) => void entries.delete(name),
      clear: () => entries.clear(),
    }
    const lax = await createKey('RS256')
    const jwks = { keys: [lax.published] }
    const answer = await sign(lax)
    const ask = async (jwt: JwtResponseOptions): Promise<unknown> => {
      const client = new IntrospectionClient({
        issuer: ISSUER,
        clientAuthentication: clientSecretBasic(CLIENT_ID, 'secret'),
        transport: { fetch: createServer([lax.published], answer).fetch },
        cache: { store, keySecret: 'k'.repeat(32) },
        response: { jwt },
        now: () => NOW * 1000,
      })
      return client.introspect('token').then(
        ({ active }) => active,
        (error: { code: string }) => error.code,
      )
    }
    expect(await ask({ jwks })).toBe(true)
    expect(entries.size).toBe(1)
    expect(await ask({ jwks: { keys: [key.published] } })).toBe('ERR_RESPONSE_UNTRUSTED')
    expect(await ask({ jwks, algorithms: ['ES256'] })).toBe('ERR_RESPONSE_UNTRUSTED')
    expect(await ask({ jwks, profile: 'fapi2' })).toBe('ERR_RESPONSE_UNTRUSTED')
    expect(await ask({ jwks, audience: 'somebody else' })).toBe('ERR_RESPONSE_UNTRUSTED')
    expect(await ask({ jwksUri: `${ISSUER}/jwks` })).toBe(true)
    expect(await ask({ jwks, maxAgeSeconds: 30 })).toBe(true)
    expect(entries.size).toBe(3)
  })
})
