import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  type ProtectedResource,
  type ResponseSigningAlg,
} from '@token-introspection/server'
import { describe, expect, test } from 'vitest'
import { createKey, createRecipient } from '../signing-authorization-server.ts'
import { exportJWK } from 'jose'

const ISSUER = 'https://as.example.com'
const audience = 'https://orders.example.com'

/** This project's authorization server, with one token. */
async function start(alg: string, registered: Partial<ProtectedResource> = {}) {
  const { privateKey, published } = await createKey(alg)
  const store = createMemoryTokenStore()
  await store.save('the-token', {
    kind: 'access_token',
    sub: 'alice',
    client_id: 'web',
    scope: 'orders:read',
    aud: audience,
    exp: Math.floor(Date.now() / 1000) + 3600,
    claims: { tenant: 'acme' },
  })
  const signing = alg as ResponseSigningAlg
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      protectedResources: [
        {
          id: 'orders-api',
          clientSecrets: ['s3cr3t'],
          audiences: [audience],
          introspectionSignedResponseAlg: signing,
          requireJwtResponse: true,
          ...registered,
        },
      ],
    },
    lookup: { store },
    response: { jwt: { keys: [{ alg: signing, kid: 'k1', key: privateKey }], defaultSigningAlg: signing } },
  })
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(url)
    if (pathname === '/introspect') return handler(new Request(url, init))
    if (pathname === '/jwks') return Response.json({ keys: [{ ...published, kid: 'k1' }] })
    return Response.json({
      issuer: ISSUER,
      introspection_endpoint: `${ISSUER}/introspect`,
      jwks_uri: `${ISSUER}/jwks`,
    })
  }
  return { store, fetch }
}

describe.each(['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA'])("this project's server that signs with %s", (alg) => {
  test('is accepted for every token, before and after a revocation', async () => {
    const { store, fetch } = await start(alg)
    await using client = new IntrospectionClient({
      issuer: ISSUER,
      clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
      transport: { fetch },
      response: { jwt: { algorithms: [alg as 'ES256'] } },
    })
    expect(await client.introspect('the-token')).toMatchObject({ active: true, sub: 'alice', tenant: 'acme' })
    expect(await client.introspect('another-token')).toEqual({ active: false })
    const request = new Request(audience, { headers: { authorization: 'Bearer the-token' } })
    expect((await client.guard({ audience, scope: 'orders:read' })(request)).allowed).toBe(true)
    await store.revoke('the-token')
    expect(await client.introspect('the-token')).toEqual({ active: false })
  })
})

test.each(['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'] as const)(
  "this project's server that encrypts with %s is understood",
  async (alg) => {
    const recipient = await createRecipient(alg)
    const jwks = { keys: [{ ...(await exportJWK(recipient.publicKey)), kid: 'rs-1', use: 'enc' }] }
    const { fetch } = await start('ES256', { jwks, introspectionEncryptedResponseAlg: alg })
    await using client = new IntrospectionClient({
      issuer: ISSUER,
      clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
      transport: { fetch },
      response: { jwt: { profile: 'fapi2', decryptionKeys: [{ alg, kid: 'rs-1', key: recipient.privateKey }] } },
    })
    expect(await client.introspect('the-token')).toMatchObject({ active: true, sub: 'alice' })
  },
)

test('a client that requests no JWT is refused by a server that requires one, and the error says so', async () => {
  const { fetch } = await start('ES256')
  await using client = new IntrospectionClient({
    issuer: ISSUER,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: { fetch },
  })
  await expect(client.introspect('the-token')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 406 })
})
