/** JWT access tokens of oidc-provider, which its own introspection endpoint does not support. */
import { clientSecretBasic, IntrospectionClient, type JwtOptions } from '@token-introspection/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  AUDIENCE,
  authority,
  certificate,
  ENCRYPTED_AUDIENCE,
  JWT_AUDIENCE,
  ORDERS,
  type RunningProvider,
  SCOPE,
  startProvider,
  WEB,
} from './oidc-provider-server.ts'

let as: RunningProvider

beforeAll(async () => {
  as = await startProvider()
})

afterAll(async () => {
  await as[Symbol.asyncDispose]()
  vi.restoreAllMocks()
})

function createClient(jwt: JwtOptions): IntrospectionClient {
  return new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication: clientSecretBasic(ORDERS.id, ORDERS.secret),
    transport: { tls: { ca: authority } },
    jwt,
  })
}

async function issue(resource: string): Promise<string> {
  const form = { grant_type: 'client_credentials', scope: SCOPE, resource }
  return (await as.post('/token', form)).access_token
}

function present(token: string, audience: string): Request {
  return new Request(audience, { headers: { authorization: `Bearer ${token}` } })
}

test('a signed token is verified with the keys of the metadata and passes the guard of its resource (AT-01, AT-04)', async () => {
  await using client = createClient({ mode: 'local-or-introspect', profile: 'fapi2' })
  const token = await issue(JWT_AUDIENCE)
  const mayRead = client.guard({ audience: JWT_AUDIENCE, scope: SCOPE })
  expect(await mayRead(present(token, JWT_AUDIENCE))).toMatchObject({
    allowed: true,
    token: { active: true, iss: as.issuer, sub: WEB.id, client_id: WEB.id, aud: JWT_AUDIENCE, scope: SCOPE },
  })
  const elsewhere = client.guard({ audience: AUDIENCE })
  expect(await elsewhere(present(token, AUDIENCE))).toMatchObject({ reason: 'audience', status: 401 })
})

test('an opaque token of the same server is introspected (AT-11)', async () => {
  await using client = createClient({ mode: 'local-or-introspect' })
  const token = await issue(AUDIENCE)
  expect(await client.guard({ audience: AUDIENCE })(present(token, AUDIENCE))).toMatchObject({ allowed: true })
  await using local = createClient({ mode: 'local' })
  expect(await local.introspect(token)).toEqual({ active: false })
})

test('an ID token is not accepted (AT-01, AT-14)', async () => {
  await using client = createClient({ mode: 'local-or-introspect', types: ['at+jwt', 'JWT'] })
  const { id_token: idToken } = await as.exchangeCode()
  expect(await client.introspect(idToken)).toEqual({ active: false })
})

test('an encrypted token counts as opaque, and the server calls it inactive (AT-11)', async () => {
  await using client = createClient({ mode: 'local-or-introspect' })
  expect(await client.introspect(await issue(ENCRYPTED_AUDIENCE))).toEqual({ active: false })
})

test('the mode local-and-introspect does not work here, because the server confirms none of its JWTs (AT-13)', async () => {
  await using client = createClient({ mode: 'local-then-introspect' })
  expect(await client.introspect(await issue(JWT_AUDIENCE))).toEqual({ active: false })
})

test('a certificate-bound token names the certificate, and is refused without it (AT-04)', async () => {
  await using client = createClient({ mode: 'local' })
  const form = { grant_type: 'client_credentials', client_id: 'bound', scope: SCOPE, resource: JWT_AUDIENCE }
  const authorization = `Basic ${Buffer.from(`bound:${WEB.secret}`).toString('base64')}`
  const { access_token: token } = await as.post('/token', form, { authorization })
  const { X509Certificate, createHash } = await import('node:crypto')
  const digest = createHash('sha256').update(new X509Certificate(certificate.cert).raw).digest('base64url')
  expect(await client.introspect(token)).toMatchObject({ active: true, cnf: { 'x5t#S256': digest } })
  expect(await client.guard({ audience: JWT_AUDIENCE })(present(token, JWT_AUDIENCE))).toMatchObject({
    reason: 'confirmation',
    status: 401,
  })
})
