import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const introspection_endpoint = 'https://as.example.com/introspect'

function introspect(issuer: string) {
  const client = new IntrospectionClient({ issuer, clientAuthentication: clientSecretBasic('api', 'secret') })
  return client.introspect('abc')
}

const urls = () => as.requests.map((request) => request.url)

test.each([
  ['https://as.example.com', 'https://as.example.com/.well-known/oauth-authorization-server'],
  ['https://as.example.com/', 'https://as.example.com/.well-known/oauth-authorization-server'],
  ['https://as.example.com/t1', 'https://as.example.com/.well-known/oauth-authorization-server/t1'],
  ['https://as.example.com/t1/', 'https://as.example.com/.well-known/oauth-authorization-server/t1'],
  ['https://as.example.com/a/b', 'https://as.example.com/.well-known/oauth-authorization-server/a/b'],
  ['https://as.example.com:8443/t1', 'https://as.example.com:8443/.well-known/oauth-authorization-server/t1'],
])('META-02 looks for the metadata of %s at %s', async (issuer, url) => {
  as.answer({ issuer, introspection_endpoint })
  as.answer({ active: true })
  expect(await introspect(issuer)).toEqual({ active: true })
  expect(urls()).toEqual([url, introspection_endpoint])
})

describe('the URLs of OpenID Connect', () => {
  test('META-03 are tried after the URL of OAuth, and the first document counts', async () => {
    const issuer = 'https://as.example.com/t1'
    as.answer({}, { status: 404 })
    as.answer({}, { status: 404 })
    as.answer({ issuer, introspection_endpoint })
    as.answer({ active: true })
    await introspect(issuer)
    expect(urls()).toEqual([
      'https://as.example.com/.well-known/oauth-authorization-server/t1',
      'https://as.example.com/t1/.well-known/openid-configuration',
      'https://as.example.com/.well-known/openid-configuration/t1',
      introspection_endpoint,
    ])
  })

  test('META-03 are tried when an earlier document has another issuer, which is never used', async () => {
    const issuer = 'https://as.example.com'
    as.answer({ issuer: 'https://evil.example', introspection_endpoint: 'https://evil.example/introspect' })
    as.answer({ issuer, introspection_endpoint })
    as.answer({ active: true })
    expect(await introspect(issuer)).toEqual({ active: true })
    expect(urls().at(-1)).toBe(introspection_endpoint)
  })
})

describe('the request', () => {
  test('META-04 is a GET without credentials', async () => {
    const issuer = 'https://as.example.com'
    as.answer({ issuer, introspection_endpoint })
    as.answer({ active: true })
    await introspect(issuer)
    const [request] = as.requests
    expect(request?.method).toBe('GET')
    expect(request?.body).toBe('')
    expect(request?.headers.has('authorization')).toBe(false)
  })

  test.each([
    ['201', { status: 201 }, 'ERR_TRANSPORT_STATUS'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example' } }, 'ERR_TRANSPORT_STATUS'],
    ['a web page', { headers: { 'content-type': 'text/html' } }, 'ERR_RESPONSE_MALFORMED'],
    ['text', { headers: { 'content-type': 'text/plain' } }, 'ERR_RESPONSE_MALFORMED'],
  ])('META-04 fails with %s', async (_, init, code) => {
    const issuer = 'https://as.example.com'
    as.answer({ issuer, introspection_endpoint }, init)
    as.answer({}, { status: 404 })
    await expect(introspect(issuer)).rejects.toMatchObject({ code })
  })
})

test.each([
  ['https://as.example.com', 'https://as.example.com/'],
  ['https://as.example.com/', 'https://as.example.com'],
  ['https://as.example.com/t1', 'https://as.example.com/T1'],
  ['https://as.example.com', 'https://AS.example.com'],
  ['https://as.example.com', 'https://as.example.com:443'],
  ['https://as.example.com', 'http://as.example.com'],
  ['https://as.example.com', undefined],
])('META-05 for the issuer %s, metadata of %s are refused', async (issuer, named) => {
  as.answer({ issuer: named, introspection_endpoint })
  const elsewhere = issuer.endsWith('/t1') ? 2 : 1
  for (let count = 0; count < elsewhere; count++) as.answer({}, { status: 404 })
  await expect(introspect(issuer)).rejects.toMatchObject({
    code: named === undefined ? 'ERR_RESPONSE_MALFORMED' : 'ERR_RESPONSE_UNTRUSTED',
  })
  expect(as.requests).toHaveLength(1 + elsewhere)
})

test("META-05 names the issuer to configure, and the option for the server's address, when they differ", async () => {
  const issuer = 'https://keycloak.internal:8443/realms/orders'
  const named = 'https://login.example.com/realms/orders'
  as.answer({ issuer: named, introspection_endpoint })
  for (let count = 0; count < 2; count++) as.answer({}, { status: 404 })
  const error = (await introspect(issuer).catch((reason: unknown) => reason)) as Error
  for (const part of [issuer, named, 'as issuer', 'endpoint option']) expect(error.message).toContain(part)
})
