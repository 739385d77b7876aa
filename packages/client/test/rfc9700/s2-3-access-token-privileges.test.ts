import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import { expect, test } from 'vitest'

const as = createFakeAuthorizationServer()
const client = new IntrospectionClient({
  issuer: as.issuer,
  clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
  transport: { fetch: as.fetch },
})

function bearing(token: string): Request {
  return new Request('https://api.example.com', { headers: { authorization: `Bearer ${token}` } })
}

test('BEAR-18 judges each route and each request separately', async () => {
  const mayRead = client.guard({ audience: as.audience, scope: 'orders:read' })
  const mayWrite = client.guard({ audience: as.audience, scope: 'orders:write' })
  const token = await as.issueToken({ scope: 'orders:read' })
  expect((await mayRead(bearing(token))).allowed).toBe(true)
  expect(await mayWrite(bearing(token))).toMatchObject({ allowed: false, status: 403 })
  expect((await mayRead(bearing(token))).allowed).toBe(true)
  await as.revokeToken(token)
  expect(await mayRead(bearing(token))).toMatchObject({ allowed: false, status: 401 })
})

test('RSP-17 refuses a token for another resource server', async () => {
  const token = await as.issueToken({ aud: [as.audience, 'https://other.example.com'], scope: 'orders:read' })
  expect((await client.guard({ audience: 'https://other.example.com' })(bearing(token))).allowed).toBe(true)
  expect(await client.guard({ audience: 'https://third.example.com' })(bearing(token))).toMatchObject({
    allowed: false,
    reason: 'audience',
    status: 401,
  })
})

test('RSP-17 throws for a guard without an audience', () => {
  expect(() => client.guard()).toThrow(TypeError)
  expect(() => client.guard({ scope: 'orders:read' })).toThrow('audience')
})
