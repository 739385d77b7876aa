/** Which credential verifies which assertion (RFC 8725 §3.1, RFC 7518 §3.2), and published keys. */
import { describe, expect, test, vi } from 'vitest'
import {
  type ClientAuthenticationMethod,
  createMemoryReplayStore,
  createMemoryTokenStore,
  createRevocationHandler,
  type RefusedEvent,
  type RevocationHandlerOptions,
} from '../../src/index.ts'
import { ask, asserting, createKey, sign } from '../asking.ts'
import { type Changes, createEndpoint, ISSUER, NOW, RECORD } from '../endpoint.ts'

const key = await createKey('ES256')
const next = await createKey('ES256', 'key-2')
const SECRET = 'a secret of at least thirty-two octets'
const audiences = [RECORD.aud]

async function endpoint(clientAuthentication: Changes['clientAuthentication'], others: Changes = {}) {
  return (await createEndpoint({ ...others, clientAuthentication: clientAuthentication ?? {} })).handler
}

function hmac(secret: string | Uint8Array, algorithm = 'HS256') {
  return { algorithm, privateKey: typeof secret === 'string' ? new TextEncoder().encode(secret) : secret }
}

function caller(clientSecrets: string[], methods?: ClientAuthenticationMethod[]) {
  return { id: 'orders-api', clientSecrets, ...(methods !== undefined && { methods }) }
}

const both = ['client_secret_jwt', 'private_key_jwt'] as const

describe('client_secret_jwt', () => {
  test('is refused unless it is enabled', async () => {
    const handler = await endpoint({ protectedResources: [{ id: 'orders-api', clientSecrets: [SECRET], audiences }] })
    expect((await ask(handler, asserting(await sign(hmac(SECRET))))).status).toBe(401)
  })

  test.each([['old'], ['new']])('verifies with the octets of the %s secret (ASRT-17)', async (which) => {
    const secrets = { old: SECRET, new: 'é'.repeat(16) }
    const handler = await endpoint({
      methods: both,
      protectedResources: [{ id: 'orders-api', clientSecrets: Object.values(secrets), audiences }],
    })
    const jwt = await sign(hmac(secrets[which as 'old' | 'new']))
    expect((await ask(handler, asserting(jwt))).status).toBe(200)
    expect((await ask(handler, asserting(jwt))).status).toBe(401)
    expect((await ask(handler, asserting(await sign(hmac('another secret of thirty-two octets'))))).status).toBe(401)
  })

  test.each([
    ['HS256', 31, 401],
    ['HS256', 32, 200],
    ['HS384', 47, 401],
    ['HS384', 48, 200],
    ['HS512', 63, 401],
    ['HS512', 64, 200],
  ])('with %s and a secret of %i octets gets %i (ASRT-17)', async (algorithm, length, status) => {
    const secret = 's'.repeat(length)
    const { handler, events } = await createEndpoint({
      clientAuthentication: {
        methods: both,
        findProtectedResource: () => ({ id: 'orders-api', clientSecrets: [secret], audiences }),
      },
    })
    expect((await ask(handler, asserting(await sign(hmac(secret, algorithm))))).status).toBe(status)
    const warnings = events.filter(({ type }) => type === 'warning')
    expect(warnings).toMatchObject(status === 200 ? [] : [{ code: 'short-client-secret' }])
    const refusal = events.find(({ type }) => type === 'refused') as RefusedEvent | undefined
    const octets = { HS256: 32, HS384: 48, HS512: 64 }[algorithm]
    if (status === 401) expect(refusal?.error.message).toContain(`at least ${octets} octets for ${algorithm}`)
  })

  const short = 's'.repeat(31)
  const long = 's'.repeat(32)

  test.each<[string, Changes['clientAuthentication']]>([
    ['it is the only method', { methods: ['client_secret_jwt'], protectedResources: [caller([short])] }],
    ['the caller has no other use for a secret', { methods: both, protectedResources: [caller([short])] }],
    ['one of two is short', { methods: both, protectedResources: [caller([long, short])] }],
    [
      'the caller is registered for it beside Basic',
      {
        methods: ['client_secret_basic', 'client_secret_jwt'],
        protectedResources: [caller([short], ['client_secret_basic', 'client_secret_jwt'])],
      },
    ],
    [
      'only an algorithm with a longer hash is enabled',
      { methods: both, assertion: { algorithms: ['HS512'] }, protectedResources: [caller(['s'.repeat(63)])] },
    ],
  ])(
    'createIntrospectionHandler refuses a secret too short to sign when %s (ASRT-17)',
    async (_, clientAuthentication) => {
      await expect(endpoint(clientAuthentication)).rejects.toThrow(TypeError)
      await expect(endpoint(clientAuthentication)).rejects.toThrow(
        /^clientAuthentication\.protectedResources\[0\]\.clientSecrets: .* at least (?:32|64) octets/,
      )
      await expect(endpoint(clientAuthentication)).rejects.not.toThrow('sssss')
    },
  )

  test.each<[string, Changes['clientAuthentication']]>([
    [
      'it can be used for Basic',
      { methods: ['client_secret_basic', 'client_secret_jwt'], protectedResources: [caller([short])] },
    ],
    [
      'the caller is registered for Basic',
      {
        methods: ['client_secret_basic', 'client_secret_jwt'],
        protectedResources: [caller([short], ['client_secret_basic'])],
      },
    ],
    [
      'another secret of the caller is long enough',
      {
        methods: ['client_secret_basic', 'client_secret_jwt'],
        protectedResources: [caller([short, long], ['client_secret_basic', 'client_secret_jwt'])],
      },
    ],
    ['it is long enough', { methods: ['client_secret_jwt'], protectedResources: [caller([long])] }],
  ])('a short secret is accepted when %s', async (_, clientAuthentication) => {
    await expect(endpoint(clientAuthentication)).resolves.toBeDefined()
  })

  test('createRevocationHandler refuses a secret too short to sign as well', () => {
    const options: RevocationHandlerOptions = {
      issuer: ISSUER,
      clientAuthentication: { methods: ['client_secret_jwt'], clients: [caller([short])] },
      lookup: { store: createMemoryTokenStore() },
    }
    expect(() => createRevocationHandler(options)).toThrow(/^clientAuthentication\.clients\[0\]\.clientSecrets: /)
  })

  test('does not decode a secret that looks like base64 (ASRT-17)', async () => {
    const secret = Buffer.alloc(48, 7).toString('base64')
    const handler = await endpoint({
      methods: both,
      protectedResources: [{ id: 'orders-api', clientSecrets: [secret], audiences }],
    })
    expect((await ask(handler, asserting(await sign(hmac(Buffer.alloc(48, 7)))))).status).toBe(401)
    expect((await ask(handler, asserting(await sign(hmac(secret))))).status).toBe(200)
  })
})

describe('the method is bound to the registration', () => {
  test('a public key does not work as a secret (ASRT-18)', async () => {
    const handler = await endpoint({
      methods: both,
      protectedResources: [{ id: 'orders-api', jwks: { keys: [key.jwk] }, audiences }],
    })
    for (const secret of [JSON.stringify(key.jwk), JSON.stringify({ keys: [key.jwk] }), new Uint8Array(64)]) {
      expect((await ask(handler, asserting(await sign(hmac(secret))))).status).toBe(401)
    }
    expect((await ask(handler, asserting(await sign(key)))).status).toBe(200)
  })

  test('a caller with only a secret cannot authenticate with a key (ASRT-18)', async () => {
    const handler = await endpoint({
      methods: both,
      protectedResources: [{ id: 'orders-api', clientSecrets: [SECRET], audiences }],
    })
    expect((await ask(handler, asserting(await sign(key, {}, { jwk: key.jwk })))).status).toBe(401)
  })

  test('a caller registered for one method cannot use another one with the same credentials (ASRT-18)', async () => {
    const handler = await endpoint({
      methods: [...both, 'client_secret_post'],
      protectedResources: [
        {
          id: 'orders-api',
          clientSecrets: [SECRET],
          jwks: { keys: [key.jwk] },
          methods: ['private_key_jwt'],
          audiences,
        },
      ],
    })
    expect((await ask(handler, { client_id: 'orders-api', client_secret: SECRET })).status).toBe(401)
    expect((await ask(handler, asserting(await sign(hmac(SECRET))))).status).toBe(401)
    expect((await ask(handler, asserting(await sign(key)))).status).toBe(200)
  })

  test('a symmetric or private key cannot be registered as a public one (ASRT-18)', async () => {
    for (const jwk of [
      { kty: 'oct', k: 'AAAA' },
      { ...key.jwk, d: 'AAAA' },
    ]) {
      await expect(endpoint({ protectedResources: [{ id: 'orders-api', jwks: { keys: [jwk] } }] })).rejects.toThrow(
        /^clientAuthentication\.protectedResources\[0\]\.jwks: must hold public keys only$/,
      )
    }
  })
})

describe('an identifier', () => {
  test('is not revealed by the number of signatures that are verified for it', async () => {
    const [other, third, stranger] = [
      await createKey('ES256', 'other'),
      await createKey('ES256'),
      await createKey('ES256'),
    ]
    const handler = await endpoint({
      protectedResources: [
        { id: 'orders-api', jwks: { keys: [next.jwk] }, audiences },
        { id: 'invoices-api', jwks: { keys: [key.jwk, other.jwk, third.jwk] } },
        { id: 'with-a-secret', clientSecrets: [SECRET] },
      ],
    })
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const verified = async (id: string, signer: Parameters<typeof sign>[0], kid?: string): Promise<number> => {
      verify.mockClear()
      const jwt = await sign(signer, { iss: id, sub: id }, kid === undefined ? {} : { kid })
      expect((await ask(handler, asserting(jwt))).status).toBe(401)
      return verify.mock.calls.length
    }
    // The caller with the most keys fails first, and sets the number of verifications for every other caller.
    await verified('invoices-api', stranger)
    const counts: number[] = []
    for (const id of ['orders-api', 'invoices-api', 'with-a-secret', 'nobody']) {
      counts.push(
        await verified(id, stranger),
        await verified(id, stranger, 'key-2'),
        await verified(id, stranger, 'x'),
      )
    }
    verify.mockRestore()
    expect(counts).toEqual(counts.map(() => 3))
  })

  test('authenticates only with its own keys, not with decoy keys', async () => {
    const handler = await endpoint({
      protectedResources: [
        { id: 'orders-api', jwks: { keys: [next.jwk] }, audiences },
        { id: 'with-a-secret', clientSecrets: [SECRET] },
      ],
    })
    expect((await ask(handler, asserting(await sign(next)))).status).toBe(200)
    for (const id of ['with-a-secret', 'nobody']) {
      expect((await ask(handler, asserting(await sign(next, { iss: id, sub: id })))).status).toBe(401)
    }
  })
})

describe('several endpoints', () => {
  test('accept an assertion only once between them when they share a replay store (ASRT-13)', async () => {
    const replayStore = createMemoryReplayStore({ now: () => NOW * 1000 })
    const introspection = await endpoint({
      replayStore,
      protectedResources: [{ id: 'orders-api', jwks: { keys: [key.jwk] }, audiences }],
    })
    const revocation = createRevocationHandler({
      issuer: ISSUER,
      clientAuthentication: { replayStore, clients: [{ id: 'orders-api', jwks: { keys: [key.jwk] } }] },
      lookup: { store: createMemoryTokenStore() },
      now: () => NOW * 1000,
    })
    const jwt = await sign(key)
    expect((await ask(introspection, asserting(jwt))).status).toBe(200)
    expect((await ask(revocation, asserting(jwt))).status).toBe(401)
    expect((await ask(revocation, asserting(await sign(key)))).status).toBe(200)
  })

  test('accept no assertion when the issuer is unknown (ASRT-05)', async () => {
    const clients = [{ id: 'orders-api', jwks: { keys: [key.jwk] } }]
    const lookup = { store: createMemoryTokenStore() }
    const revocation = createRevocationHandler({ clientAuthentication: { clients }, lookup, now: () => NOW * 1000 })
    expect((await ask(revocation, asserting(await sign(key)))).status).toBe(401)
    const methods = ['private_key_jwt'] as const
    expect(() => createRevocationHandler({ clientAuthentication: { clients, methods }, lookup })).toThrow(
      'clientAuthentication.methods: private_key_jwt needs the option issuer',
    )
  })
})

describe('keys of a caller', () => {
  test.each([
    ['with its kid', 'key-2'],
    ['without a kid', undefined],
  ])('any of them may sign, %s', async (_, kid) => {
    const handler = await endpoint({
      protectedResources: [{ id: 'orders-api', jwks: { keys: [key.jwk, next.jwk] }, audiences }],
    })
    expect((await ask(handler, asserting(await sign(next, {}, { kid })))).status).toBe(200)
  })

  test('come from its jwksUri, and are fetched again for an unknown kid (ASRT-19)', async () => {
    const clock = { ms: NOW * 1000 }
    const published = { keys: [key.jwk] }
    const fetched: string[] = []
    const { handler } = await createEndpoint({
      now: () => clock.ms,
      clientAuthentication: {
        protectedResources: [{ id: 'orders-api', jwksUri: 'https://orders.example.com/jwks', audiences }],
        fetchJwks: (uri) => Promise.resolve(Response.json({ ...published, fetched: fetched.push(uri) })),
      },
    })
    expect((await ask(handler, asserting(await sign(key)))).status).toBe(200)
    expect((await ask(handler, asserting(await sign(key)))).status).toBe(200)
    expect(fetched).toEqual(['https://orders.example.com/jwks'])
    published.keys = [next.jwk]
    expect((await ask(handler, asserting(await sign(next, {}, { kid: 'key-2' })))).status).toBe(401)
    clock.ms += 30_000
    expect((await ask(handler, asserting(await sign(next, {}, { kid: 'key-2' })))).status).toBe(200)
    expect(fetched).toHaveLength(2)
  })

  test('that cannot be fetched cause 503, not a failed authentication', async () => {
    const handler = await endpoint({
      protectedResources: [{ id: 'orders-api', jwksUri: 'https://orders.example.com/jwks', audiences }],
      fetchJwks: () => Promise.reject(new Error('down')),
    })
    expect((await ask(handler, asserting(await sign(key)))).status).toBe(503)
  })

  test('must be published over https', async () => {
    await expect(
      endpoint({ protectedResources: [{ id: 'orders-api', jwksUri: 'http://orders.example.com/jwks' }] }),
    ).rejects.toThrow(
      "jwksUri: must be an https URL; for http inside a network you trust set allowHttpOrigins: ['http://orders.example.com']",
    )
  })

  test('may be published over http at an origin that the handler allows, in a list and by a function', async () => {
    const publisher = { id: 'orders-api', jwksUri: 'http://orders:8080/jwks', audiences }
    for (const registry of [{ protectedResources: [publisher] }, { findProtectedResource: () => publisher }]) {
      const fetched: string[] = []
      const fetchJwks = (uri: string) => {
        fetched.push(uri)
        return Promise.resolve(Response.json({ keys: [key.jwk] }))
      }
      const ok = await endpoint({ ...registry, fetchJwks }, { allowHttpOrigins: ['http://orders:8080'] })
      expect((await ask(ok, asserting(await sign(key)))).status).toBe(200)
      expect(fetched).toEqual(['http://orders:8080/jwks'])
    }
    const elsewhere = { ...publisher, jwksUri: 'http://orders:8081/jwks' }
    await expect(
      endpoint({ protectedResources: [elsewhere] }, { allowHttpOrigins: ['http://orders:8080'] }),
    ).rejects.toThrow(/jwksUri: must be an https URL/)
  })
})
