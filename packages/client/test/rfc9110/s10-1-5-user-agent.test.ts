import { clientCredentials, clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expect, test } from 'vitest'

const issuer = 'https://as.example.com'

const part = (value: object): string => btoa(JSON.stringify(value)).replaceAll('=', '')

/** The fields of each request of a client, by path: metadata, access token, introspection and keys. */
async function record(headers?: Record<string, string>) {
  const sent = new Map<string, Headers>()
  const answers: Record<string, unknown> = {
    '/.well-known/oauth-authorization-server': {
      issuer,
      introspection_endpoint: `${issuer}/introspect`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
    },
    '/token': { access_token: 'a1', token_type: 'Bearer', expires_in: 3600 },
    '/introspect': { active: true },
    '/keys': { keys: [] },
  }
  await using client = new IntrospectionClient({
    issuer,
    clientAuthentication: clientCredentials({ clientAuthentication: clientSecretBasic('api', 'secret') }),
    jwt: { mode: 'local-then-introspect' },
    transport: {
      headers,
      fetch: (url, init) => {
        const { pathname } = new URL(url)
        sent.set(pathname, new Headers(init.headers))
        return Promise.resolve(Response.json(answers[pathname]))
      },
    },
  })
  await client.introspect('opaque')
  const jwt = `${part({ alg: 'RS256', typ: 'at+jwt' })}.${part({ iss: issuer, exp: 4e9, iat: 1, sub: 'a', client_id: 'a', jti: 'a', aud: 'a' })}.AAAA`
  await client.introspect(jwt).catch(() => undefined)
  return sent
}

const PATHS = ['/.well-known/oauth-authorization-server', '/introspect', '/keys', '/token']

test('REQ-28 every request names the client software', async () => {
  const sent = await record()
  expect([...sent.keys()].toSorted()).toEqual(PATHS)
  for (const headers of sent.values()) expect(headers.get('user-agent')).toBe('token-introspection-client')
})

test('REQ-28 every request has the fields of transport.headers, and keeps its own fields', async () => {
  const sent = await record({ 'User-Agent': 'orders/1.0', 'X-Gateway-Key': 'k1' })
  expect([...sent.keys()].toSorted()).toEqual(PATHS)
  for (const headers of sent.values()) {
    expect([headers.get('user-agent'), headers.get('x-gateway-key')]).toEqual(['orders/1.0', 'k1'])
  }
  expect(sent.get('/introspect')?.get('authorization')).toBe('Bearer a1')
  expect(sent.get('/token')?.get('authorization')).toMatch(/^Basic /)
})
