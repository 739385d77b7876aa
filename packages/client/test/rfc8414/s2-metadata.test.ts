import {
  clientCredentials,
  clientSecretBasic,
  clientSecretPost,
  IntrospectionClient,
  type TransportOptions,
} from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const issuer = 'https://as.example.com'
const introspection_endpoint = `${issuer}/introspect`
const clientAuthentication = clientSecretBasic('api', 'secret')

function createClient(): IntrospectionClient {
  return new IntrospectionClient({ issuer, clientAuthentication })
}

describe('the issuer', () => {
  test.each([
    'http://as.example.com',
    'https://as.example.com?tenant=a',
    'https://as.example.com/?',
    'https://as.example.com#x',
    'https://as.example.com/#',
    'https://user:password@as.example.com',
    'as.example.com',
    'urn:as',
    ' https://as.example.com',
  ])('META-01 is not %o', (bad) => {
    expect(() => new IntrospectionClient({ issuer: bad, clientAuthentication })).toThrow(TypeError)
  })

  test.each([issuer, `${issuer}/`, `${issuer}/tenant`, 'https://as.example.com:8443/a/b'])(
    'META-01 may be %o',
    (good) => {
      expect(() => new IntrospectionClient({ issuer: good, clientAuthentication })).not.toThrow()
    },
  )
})

test('META-06 guesses no endpoint when the metadata name none', async () => {
  for (const _ of [1, 2]) {
    as.answer({ issuer, token_endpoint: `${issuer}/token`, userinfo_endpoint: `${issuer}/userinfo` })
  }
  await expect(createClient().introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_ENDPOINT_MISSING' })
  expect(as.requests.map(({ method, url }) => [method, url])).toEqual([
    ['GET', `${issuer}/.well-known/oauth-authorization-server`],
    ['GET', `${issuer}/.well-known/openid-configuration`],
  ])
})

test('META-06 uses the endpoint from the document that names one, when a server has two documents', async () => {
  as.answer({ issuer, token_endpoint: `${issuer}/token` })
  as.answer({ issuer, introspection_endpoint })
  as.answer({ active: true })
  expect(await createClient().introspect('abc')).toEqual({ active: true })
  expect(as.requests[2]?.url).toBe(introspection_endpoint)
})

test.each([
  ['none', undefined],
  ['client_secret_basic', ['client_secret_basic']],
])('META-07 uses the configured method, whatever methods the metadata list: %s', async (_, methods) => {
  as.answer({ issuer, introspection_endpoint, introspection_endpoint_auth_methods_supported: methods })
  as.answer({ active: true })
  await using client = new IntrospectionClient({ issuer, clientAuthentication: clientSecretPost('api', 'secret') })
  await client.introspect('abc')
  expect(as.requests[1]?.headers.has('authorization')).toBe(false)
  expect(as.requests[1]?.form.get('client_secret')).toBe('secret')
})

test('META-08 accepts access token types as methods', async () => {
  const methods = ['Bearer', 'DPoP', 'private_key_jwt', 'x_own']
  as.answer({ issuer, introspection_endpoint, introspection_endpoint_auth_methods_supported: methods })
  as.answer({ active: true })
  expect(await createClient().introspect('abc')).toEqual({ active: true })
})

test('META-11 ignores signed metadata, which it does not support', async () => {
  const claims = { iss: issuer, issuer, introspection_endpoint: 'https://evil.example/introspect' }
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  as.answer({ issuer, introspection_endpoint, signed_metadata: `eyJhbGciOiJub25lIn0.${payload}.` })
  as.answer({ active: true })
  await createClient().introspect('abc')
  expect(as.requests[1]?.url).toBe(introspection_endpoint)
})

test.each([
  'http://169.254.169.254/',
  'http://as.example.com/introspect',
  'http://127.0.0.1/introspect',
  'ftp://as.example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  `${introspection_endpoint}#x`,
  'https://user:password@as.example.com/',
])('META-14 does not send the token to %s, even if the metadata name it', async (endpoint) => {
  as.answer({ issuer, introspection_endpoint: endpoint })
  await expect(createClient().introspect('abc')).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  expect(as.requests).toHaveLength(1)
})

/** Addresses inside a network and of metadata services of clouds, in every spelling that a URL allows. */
const INSIDE = [
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://025177524776/',
  'https://0251.0376.0251.0376/',
  'https://169.254.43518/',
  'https://169.254.169.254./',
  'https://%31%36%39.254.169.254/',
  'https://\uff11\uff16\uff19.254.169.254/',
  'https://169\u3002254\u3002169\u3002254/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[2002:a9fe:a9fe::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[::1]/',
  'https://[::]/',
  'https://127.0.0.1:6443/',
  'https://127.1/',
  'https://0/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.100.100.200/',
  'https://localhost:8443/',
  'https://LOCALHOST./',
  'https://metadata.google.internal/',
  'https://kubernetes/',
]

test.each(INSIDE)(
  'META-14 does not send the token to %s, which is inside a network, even if the metadata name it',
  async (url) => {
    as.answer({ issuer, introspection_endpoint: url })
    await expect(createClient().introspect('abc')).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
    expect(as.requests).toHaveLength(1)
  },
)

test.each(INSIDE)('META-14 sends no credentials to a token endpoint at %s', async (url) => {
  as.answer({ issuer, introspection_endpoint, token_endpoint: url })
  const client = new IntrospectionClient({ issuer, clientAuthentication: clientCredentials({ clientAuthentication }) })
  await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  expect(as.requests).toHaveLength(1)
})

test.each(INSIDE)('META-14 fetches no keys from %s', async (url) => {
  as.answer({ issuer, introspection_endpoint, jwks_uri: url })
  const headers = { 'content-type': 'application/token-introspection+jwt' }
  const header = Buffer.from('{"alg":"RS256","typ":"token-introspection+jwt"}').toString('base64url')
  as.respond(new Response(`${header}.e30.c2lnbmF0dXJl`, { headers }))
  const client = new IntrospectionClient({ issuer, clientAuthentication, response: { jwt: {} } })
  await expect(client.introspect('abc')).rejects.toMatchObject({
    code: 'ERR_RESPONSE_KEYS_UNAVAILABLE',
    cause: { code: 'ERR_RESPONSE_UNTRUSTED' },
  })
  expect(as.requests).toHaveLength(2)
})

describe('META-14 an endpoint inside a network', () => {
  const inside = 'https://10.0.0.5:8443/introspect'

  async function endpointAsked(named: { issuer?: string; endpoint?: string; transport?: TransportOptions }) {
    if (named.endpoint === undefined) {
      as.answer({ issuer: named.issuer ?? issuer, introspection_endpoint: inside })
    }
    as.answer({ active: true })
    await new IntrospectionClient({ issuer, clientAuthentication, ...named }).introspect('abc')
    return as.requests.at(-1)?.url
  }

  test('is used when the issuer is inside as well', async () => {
    expect(await endpointAsked({ issuer: 'https://10.0.0.4' })).toBe(inside)
    expect(await endpointAsked({ issuer: 'https://keycloak:8443/realms/a' })).toBe(inside)
  })

  test('is used when its origin is allowed', async () => {
    expect(await endpointAsked({ transport: { allowedEndpointOrigins: ['https://10.0.0.5:8443'] } })).toBe(inside)
  })

  test('is used when the options name it', async () => {
    expect(await endpointAsked({ endpoint: inside })).toBe(inside)
  })
})

test.each([introspection_endpoint, 'https://other.example.net/introspect', 'https://api.example.com.evil.example/'])(
  'META-14 does not send the token to %s when endpointOrigins allows only another origin',
  async (endpoint) => {
    as.answer({ issuer, introspection_endpoint: endpoint })
    const transport = { allowedEndpointOrigins: ['https://api.example.com'] }
    const client = new IntrospectionClient({ issuer, clientAuthentication, transport })
    await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
    expect(as.requests).toHaveLength(1)
  },
)
