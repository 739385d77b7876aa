import { clientSecretBasic, clientSecretPost, IntrospectionClient } from '@token-introspection/client'
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

test('META-06 guesses no endpoint when the metadata names none', async () => {
  as.answer({ issuer, token_endpoint: `${issuer}/token`, userinfo_endpoint: `${issuer}/userinfo` })
  await expect(createClient().introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_ENDPOINT_MISSING' })
  expect(as.requests.map(({ method }) => method)).toEqual(['GET'])
})

test.each([
  ['none', undefined],
  ['client_secret_basic', ['client_secret_basic']],
])('META-07 uses the method it was given, whatever methods the metadata lists: %s', async (_, methods) => {
  as.answer({ issuer, introspection_endpoint, introspection_endpoint_auth_methods_supported: methods })
  as.answer({ active: true })
  await using client = new IntrospectionClient({ issuer, clientAuthentication: clientSecretPost('api', 'secret') })
  await client.introspect('abc')
  expect(as.requests[1]?.headers.has('authorization')).toBe(false)
  expect(as.requests[1]?.form.get('client_secret')).toBe('secret')
})

test('META-08 takes access token types for methods', async () => {
  const methods = ['Bearer', 'DPoP', 'private_key_jwt', 'x_own']
  as.answer({ issuer, introspection_endpoint, introspection_endpoint_auth_methods_supported: methods })
  as.answer({ active: true })
  expect(await createClient().introspect('abc')).toEqual({ active: true })
})

test('META-11 pays no heed to signed metadata, which it does not support', async () => {
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
])('META-14 sends no token to %s, though the metadata says so', async (endpoint) => {
  as.answer({ issuer, introspection_endpoint: endpoint })
  await expect(createClient().introspect('abc')).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  expect(as.requests).toHaveLength(1)
})
