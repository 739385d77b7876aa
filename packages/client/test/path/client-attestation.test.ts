/** `clientAttestation` against this project's authorization server (draft-ietf-oauth-attestation-based-client-auth-11). */
import {
  clientAttestation,
  type ClientAttestationOptions,
  type ClientAuthentication,
  clientSecretBasic,
  IntrospectionClient,
  supportedClientAuthentication,
} from '@token-introspection/client'
import {
  type AttestationOptions,
  createIntrospectionHandler,
  createMemoryTokenStore,
} from '@token-introspection/server'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'

const issuer = 'https://as.example.com'
const endpoint = `${issuer}/introspect`
const attester = { issuer: 'https://platform.example.com', ...(await generateKeyPair('ES256')) }
const instance = await generateKeyPair('ES256', { extractable: true })
const other = await generateKeyPair('ES256')
const now = Math.floor(Date.now() / 1000)

/** An attestation of this client for the key of the instance. */
async function attest(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const cnf = { jwk: await exportJWK(instance.publicKey) }
  return new SignJWT({ iss: attester.issuer, sub: 'orders-api', exp: now + 600, cnf, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'oauth-client-attestation+jwt' })
    .sign(attester.privateKey)
}

const attestation = await attest()
const ofAnother = await attest({ sub: 'invoices-api' })
const privateJwk = await exportJWK(instance.privateKey)

/** The server in this process, and the header fields that it received. */
async function start(
  clientAuthentication: ClientAuthentication,
  attested: Partial<AttestationOptions> = {},
  from: string | null = issuer,
) {
  const store = createMemoryTokenStore()
  await store.save('abc', { kind: 'access_token', aud: 'urn:orders', exp: now + 600 })
  const handler = createIntrospectionHandler({
    issuer,
    clientAuthentication: {
      methods: ['attest_jwt_client_auth'],
      attestation: {
        attesters: [{ issuer: attester.issuer, jwks: { keys: [await exportJWK(attester.publicKey)] } }],
        ...attested,
      },
      protectedResources: [{ id: 'orders-api', methods: ['attest_jwt_client_auth'], audiences: ['urn:orders'] }],
    },
    lookup: { store },
  })
  const received: Headers[] = []
  const client = new IntrospectionClient({
    issuer: from ?? undefined,
    endpoint,
    clientAuthentication,
    onWarning: false,
    transport: {
      retry: false,
      fetch: async (url, init) => {
        if (new URL(url).pathname.includes('.well-known')) {
          const names = { introspection_endpoint_auth_methods_supported: ['attest_jwt_client_auth'] }
          return Response.json({ issuer, introspection_endpoint: endpoint, ...names })
        }
        const request = new Request(url, init)
        received.push(request.headers)
        return handler(request)
      },
    },
  })
  onTestFinished(() => client.close())
  const proofs = () => received.map((headers) => headers.get('oauth-client-attestation-pop') ?? '')
  return { client, received, proofs }
}

function authenticate(options: Partial<ClientAttestationOptions> = {}): ClientAuthentication {
  return clientAttestation('orders-api', { attestation, key: instance.privateKey, ...options })
}

/** A server that wants a challenge, which it changes with each call of `rotate`. */
function challenging() {
  let number = 1
  const challenges = {
    issue: () => `challenge-${number}`,
    accept: (challenge: string) => challenge === `challenge-${number}`,
  }
  return { challenges, rotate: () => void (number += 1) }
}

describe('an attested client', () => {
  test.each<[string, Partial<ClientAttestationOptions>]>([
    ['with an attestation and a key', {}],
    [
      'with functions that find both',
      { attestation: () => attestation, key: () => Promise.resolve(instance.privateKey) },
    ],
    ['with a JWK', { key: privateJwk }],
  ])('%s is authenticated (ATT-10)', async (_, options) => {
    const { client, received } = await start(authenticate(options))
    expect(await client.introspect('abc')).toMatchObject({ active: true })
    expect(received[0]?.get('oauth-client-attestation')).toBe(attestation)
    expect(received[0]?.get('authorization')).toBeNull()
  })

  test('makes a new proof for each request, for the issuer alone (ATT-10)', async () => {
    const { client, proofs } = await start(authenticate())
    for (let i = 0; i < 2; i++) await client.introspect('abc')
    expect(proofs().map(decodeProtectedHeader)).toEqual(
      Array.from({ length: 2 }, () => ({ alg: 'ES256', typ: 'oauth-client-attestation-pop+jwt' })),
    )
    const [first, second] = proofs().map((proof) => decodeJwt(proof))
    expect(first).toEqual({
      aud: issuer,
      jti: expect.stringMatching(/^[\da-f]{32}$/) as string,
      iat: expect.any(Number) as number,
    })
    expect(second?.jti).not.toBe(first?.jti)
  })

  test('without an issuer needs the audience (ATT-10)', async () => {
    expect(() => new IntrospectionClient({ endpoint, clientAuthentication: authenticate() })).toThrow(
      /^audience: is required when the client has no issuer/,
    )
    const { client } = await start(authenticate({ audience: issuer }), {}, null)
    expect(await client.introspect('abc')).toMatchObject({ active: true })
  })

  test('asks its function for the attestation with each request', async () => {
    const next = await attest({ exp: now + 900 })
    const found = [attestation, next]
    const { client, received } = await start(authenticate({ attestation: () => found.shift() ?? '' }))
    for (let i = 0; i < 2; i++) await client.introspect('abc')
    expect(received.map((headers) => headers.get('oauth-client-attestation'))).toEqual([attestation, next])
  })

  test('is one of several methods', async () => {
    const { client } = await start(
      supportedClientAuthentication([authenticate(), clientSecretBasic('orders-api', 's3cr3t')]),
      { challenges: challenging().challenges },
    )
    expect(await client.introspect('abc')).toMatchObject({ active: true })
  })
})

describe('a challenge', () => {
  test('is answered at once, and put into later proofs until there is another one (ATT-11)', async () => {
    const { challenges, rotate } = challenging()
    const { client, proofs } = await start(authenticate(), { challenges })
    for (let i = 0; i < 2; i++) expect(await client.introspect('abc')).toMatchObject({ active: true })
    rotate()
    expect(await client.introspect('abc')).toMatchObject({ active: true })
    expect(proofs().map((proof) => decodeJwt(proof)['challenge'])).toEqual([
      undefined,
      'challenge-1',
      'challenge-1',
      'challenge-1',
      'challenge-2',
    ])
  })

  test('is answered once for each call, so a server cannot make requests go on (ATT-11)', async () => {
    let number = 0
    const challenges = { issue: () => `challenge-${(number += 1)}`, accept: () => false }
    const { client, received } = await start(authenticate(), { challenges })
    await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS' })
    expect(received).toHaveLength(2)
  })

  test.each([
    ['too long', 'x'.repeat(513)],
    ['with a space', 'a b'],
    ['empty', ''],
  ])('that is %s is not answered (ATT-11)', (_, challenge) => {
    const refusal = { status: 400, header: () => challenge }
    expect(authenticate().renew?.({} as never, refusal)).toBe(false)
    expect(authenticate().renew?.({} as never, { ...refusal, header: () => 'x'.repeat(512) })).toBe(true)
  })

  test('for one client is not sent by another one with the same method (ATT-11)', async () => {
    const shared = authenticate()
    const { client } = await start(shared, { challenges: challenging().challenges })
    await client.introspect('abc')
    const { client: second, proofs } = await start(shared)
    await second.introspect('abc')
    expect(decodeJwt(proofs()[0] ?? '')).not.toHaveProperty('challenge')
  })
})

describe('an error', () => {
  test('tells what to compare when the server refuses the key', async () => {
    const { client } = await start(authenticate({ key: other.privateKey }))
    await expect(client.introspect('abc')).rejects.toThrow(/cnf\.jwk has to be the public key of the option key/)
  })

  test.each<[string, unknown, RegExp]>([
    ['is missing', undefined, /^attestation: is required/],
    ['is no JWT', 'secret text', /^attestation: must be a signed JWT in its compact form, not another text$/],
    ['ends with a line break', `${attestation}\n`, /^attestation: must be a signed JWT/],
    ['is empty', '', /not an empty string$/],
    ['is an object', {}, /not an object$/],
    ['is for another client', ofAnother, /^attestation: its sub must be .* "orders-api"/],
    ['has no claims', 'YQ.YQ.YQ', /^attestation: its sub must be/],
  ])('is thrown at once when the attestation %s', (_, given, message) => {
    expect(() => authenticate({ attestation: given as string })).toThrow(TypeError)
    expect(() => authenticate({ attestation: given as string })).toThrow(message)
  })

  test.each<[string, unknown, RegExp]>([
    ['is missing', undefined, /^key: is required/],
    ['is public', instance.publicKey, /^key: must be a private/],
  ])('is thrown at once when the key %s', (_, key, message) => {
    expect(() => authenticate({ key: key as never })).toThrow(message)
  })

  test.each<[string, Partial<ClientAttestationOptions>, RegExp]>([
    [
      'finds no attestation',
      { attestation: () => '' },
      /attestation: the function of client "orders-api" returned an empty/,
    ],
    ['finds no JWT', { attestation: () => 'secret text' }, /attestation: must be a signed JWT.*returned it/],
    [
      'fails',
      { attestation: () => Promise.reject(new Error('down')) },
      /attestation: the function .* failed with Error/,
    ],
    ['finds no key', { key: () => '' }, /key: the function of client "orders-api" returned an empty string/],
  ])(
    'is ERR_SECRET_UNAVAILABLE when the function %s, and quotes nothing that it found',
    async (_, options, message) => {
      const { client, received } = await start(authenticate(options))
      const failed = client.introspect('abc')
      await expect(failed).rejects.toMatchObject({
        code: 'ERR_SECRET_UNAVAILABLE',
        message: expect.stringMatching(message) as string,
      })
      await expect(failed).rejects.not.toThrow(/secret text|down/)
      expect(received).toEqual([])
    },
  )
})
