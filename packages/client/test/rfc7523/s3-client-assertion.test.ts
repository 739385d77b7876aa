import {
  type ClientAuthentication,
  clientSecretJwt,
  IntrospectionClient,
  privateKeyJwt,
} from '@token-introspection/client'
import { createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'

const issuer = 'https://as.example.com'
const endpoint = `${issuer}/introspect`
const secret = 'a secret of at least thirty-two octets'
const keys = {
  RS256: await generateKeyPair('RS256'),
  PS256: await generateKeyPair('PS256'),
  ES256: await generateKeyPair('ES256'),
  Ed25519: await generateKeyPair('Ed25519'),
}
type Algorithm = keyof typeof keys
const algorithms = Object.keys(keys) as Algorithm[]

/** This project's authorization server in this process, and the forms that it received. */
async function createServer(assertion: { readonly fapi2?: boolean; readonly legacyAudiences?: string[] } = {}) {
  const store = createMemoryTokenStore()
  await store.save('abc', { kind: 'access_token', aud: 'urn:orders', exp: Math.floor(Date.now() / 1000) + 60 })
  const jwks = {
    keys: await Promise.all(algorithms.map(async (kid) => ({ ...(await exportJWK(keys[kid].publicKey)), kid }))),
  }
  const handler = createIntrospectionHandler({
    issuer,
    clientAuthentication: {
      methods: ['private_key_jwt', 'client_secret_jwt'],
      assertion,
      protectedResources: [
        { id: 'keys', jwks, audiences: ['urn:orders'] },
        { id: 'secret', clientSecrets: [secret], audiences: ['urn:orders'] },
      ],
    },
    lookup: { store },
  })
  const forms: URLSearchParams[] = []
  const createClient = (clientAuthentication: ClientAuthentication, from: string | undefined = issuer) =>
    new IntrospectionClient({
      issuer: from,
      endpoint,
      clientAuthentication,
      transport: {
        fetch: (url, init) => {
          forms.push(new URLSearchParams(init.body as string))
          return handler(new Request(url, init))
        },
      },
    })
  return { forms, createClient }
}

function withKey(algorithm: Algorithm, options: { readonly audience?: string } = {}): ClientAuthentication {
  return privateKeyJwt('keys', keys[algorithm].privateKey, { algorithm, keyId: algorithm, ...options })
}

async function assertionOf(clientAuthentication: ClientAuthentication) {
  const { forms, createClient } = await createServer()
  expect(await createClient(clientAuthentication).introspect('abc')).toMatchObject({ active: true })
  const form = forms[0] as URLSearchParams
  const jwt = form.get('client_assertion') as string
  return { form, header: decodeProtectedHeader(jwt), claims: decodeJwt(jwt) }
}

const methods: [string, string, ClientAuthentication][] = [
  ['private_key_jwt', 'keys', withKey('ES256')],
  ['client_secret_jwt', 'secret', clientSecretJwt('secret', secret)],
]

describe.each(methods)('%s', (_, clientId, clientAuthentication) => {
  test('is sent once, with the one registered type (ASRT-01) and no other credentials (AUTH-07)', async () => {
    const { form } = await assertionOf(clientAuthentication)
    expect([...form.keys()].toSorted()).toEqual(['client_assertion', 'client_assertion_type', 'token'])
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  })

  test('has the client as issuer and subject (ASRT-02)', async () => {
    expect((await assertionOf(clientAuthentication)).claims).toMatchObject({ iss: clientId, sub: clientId })
  })

  test('has only the issuer as audience, as a string, so that no other server accepts it (ASRT-04, ASRT-20)', async () => {
    expect((await assertionOf(clientAuthentication)).claims.aud).toBe(issuer)
  })

  test('has the typ of a client assertion (ASRT-08)', async () => {
    expect((await assertionOf(clientAuthentication)).header.typ).toBe('client-authentication+jwt')
  })

  test('is new for each request, short-lived, and has 128 random bits (ASRT-13, ASRT-21)', async () => {
    const { forms, createClient } = await createServer()
    const client = createClient(clientAuthentication)
    for (let call = 0; call < 3; call++) expect((await client.introspect('abc')).active).toBe(true)
    const claims = forms.map((form) => decodeJwt(form.get('client_assertion') as string))
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(3)
    for (const { jti, iat, exp } of claims) {
      expect(jti).toMatch(/^[0-9a-f]{32,}$/)
      expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(60)
    }
  })

  test('cannot be used a second time by a party that saw the request (ASRT-13)', async () => {
    const { forms, createClient } = await createServer()
    await createClient(clientAuthentication).introspect('abc')
    const replayed: ClientAuthentication = {
      method: 'replay',
      clientId,
      authenticate({ parameters }) {
        for (const name of ['client_assertion_type', 'client_assertion'])
          parameters[name] = forms[0]?.get(name) as string
      },
    }
    await expect(createClient(replayed).introspect('abc')).rejects.toMatchObject({ oauthError: 'invalid_client' })
  })

  test('throws without an audience or an issuer (ASRT-04)', async () => {
    expect(() => new IntrospectionClient({ endpoint, clientAuthentication })).toThrow(/^audience: /)
  })
})

test.each(algorithms)('private_key_jwt signs with %s (ASRT-16)', async (algorithm) => {
  expect((await assertionOf(withKey(algorithm))).header).toMatchObject({ alg: algorithm, kid: algorithm })
})

test('private_key_jwt signs with RS256 by default (ASRT-16)', async () => {
  const { header } = await assertionOf(privateKeyJwt('keys', keys.RS256.privateKey, { keyId: 'RS256' }))
  expect(header.alg).toBe('RS256')
})

test.each([
  ['PS256', true],
  ['ES256', true],
  ['Ed25519', true],
  ['RS256', false],
] as const)('a FAPI 2.0 server accepts %s: %s (FAPI-04)', async (algorithm, letIn) => {
  const { createClient } = await createServer({ fapi2: true })
  const asked = createClient(withKey(algorithm)).introspect('abc')
  await (letIn
    ? expect(asked).resolves.toMatchObject({ active: true })
    : expect(asked).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED' }))
})

test('a key pair authenticates without a secret at the server (BCP-03)', async () => {
  const { form } = await assertionOf(withKey('ES256'))
  expect(form.has('client_secret')).toBe(false)
})

test.each([
  ['HS256', 31],
  ['HS384', 47],
  ['HS512', 63],
] as const)('client_secret_jwt refuses %s with %i octets (ASRT-17)', (algorithm, length) => {
  expect(() => clientSecretJwt('secret', 's'.repeat(length), { algorithm })).toThrow(TypeError)
})

test('an assertion with the audience of another server is refused by the server, and not reported as a bad token', async () => {
  const { createClient } = await createServer()
  await expect(createClient(withKey('ES256', { audience: endpoint })).introspect('abc')).rejects.toMatchObject({
    code: 'ERR_TRANSPORT_UNAUTHORIZED',
  })
})

test('an assertion for the endpoint URL is accepted when the server requires it, wherever the request goes', async () => {
  const { forms, createClient } = await createServer({ legacyAudiences: [endpoint] })
  const key = keys.ES256.privateKey
  const clientAuthentication = privateKeyJwt('keys', key, {
    algorithm: 'ES256',
    keyId: 'ES256',
    audienceFrom: 'endpoint',
    typ: 'JWT',
  })
  expect(await createClient(clientAuthentication, undefined).introspect('abc')).toMatchObject({ active: true })
  expect(decodeJwt(forms[0]?.get('client_assertion') as string).aud).toBe(endpoint)
})
