/** Signed and encrypted answers, read by oauth4webapi and openid-client. Both fetch the published keys themselves. */
import { compactDecrypt } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { createIntrospectionHandler, createMemoryTokenStore, type ProtectedResource } from '../../src/index.ts'
import { listen, portOf } from '../path/forms.ts'
import { createKey, createRecipient } from '../signed-answers.ts'
import { ACTIVE_ANSWER } from './start-endpoint.ts'

const ISSUER = 'https://as.example.com'
const SIGNING = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'] as const
const ENCRYPTION = [
  ['RSA-OAEP-256', 'A256GCM'],
  ['RSA-OAEP', 'A128CBC-HS256'],
  ['ECDH-ES', 'A128CBC-HS256'],
  ['ECDH-ES+A256KW', 'A256CBC-HS512'],
] as const

/** Starts an endpoint with one protected resource and one key, and publishes its metadata. */
async function start(alg: (typeof SIGNING)[number], registered: Partial<ProtectedResource> = {}) {
  const { signingKey, published } = await createKey(alg, `key for ${alg}`)
  const store = createMemoryTokenStore()
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      protectedResources: [
        {
          id: 'orders',
          clientSecrets: ['s3cr3t'],
          audiences: ['urn:orders'],
          introspectionSignedResponseAlg: alg,
          ...registered,
        },
      ],
    },
    lookup: { store },
    response: { jwt: { keys: [signingKey], defaultSigningAlg: alg } },
  })
  await store.save('active', {
    kind: 'access_token',
    sub: 'alice',
    client_id: 'web',
    scope: 'orders:read',
    aud: 'urn:orders',
    exp: Math.floor(Date.now() / 1000) + 3600,
    claims: { tenant: 'acme', 'https://example.com/roles': ['reader', 'é'] },
  })
  const introspection = await listen(toNodeHandler(handler))
  const jwks = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(JSON.stringify({ keys: [published] }))
  })
  const metadata = {
    issuer: ISSUER,
    introspection_endpoint: `http://127.0.0.1:${portOf(introspection)}/introspect`,
    jwks_uri: `http://127.0.0.1:${portOf(jwks)}/jwks`,
    introspection_signing_alg_values_supported: [alg],
  }
  return { metadata, store }
}

type Metadata = Awaited<ReturnType<typeof start>>['metadata']

describe('oauth4webapi', () => {
  const caller: oauth.Client = { client_id: 'orders' }

  async function introspect(as: Metadata, alg: string, token: string, decrypt?: oauth.JweDecryptFunction) {
    const registered = { ...caller, introspection_signed_response_alg: alg }
    const response = await oauth.introspectionRequest(as, registered, oauth.ClientSecretBasic('s3cr3t'), token, {
      [oauth.allowInsecureRequests]: true,
      requestJwtResponse: true,
    })
    expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
    const options = decrypt === undefined ? {} : { [oauth.jweDecrypt]: decrypt }
    const answer = await oauth.processIntrospectionResponse(as, registered, response, options)
    await oauth.validateApplicationLevelSignature(as, response, { [oauth.allowInsecureRequests]: true })
    return answer
  }

  test.each(SIGNING)('reads and verifies an answer signed with %s', async (alg) => {
    const { metadata, store } = await start(alg)
    expect(await introspect(metadata, alg, 'active')).toMatchObject(ACTIVE_ANSWER)
    await store.revoke('active')
    expect(await introspect(metadata, alg, 'active')).toEqual({ active: false })
  })

  test.each(ENCRYPTION)('decrypts, reads and verifies an answer encrypted with %s and %s', async (alg, enc) => {
    const { jwk, privateKey } = await createRecipient(alg)
    const { metadata } = await start('ES256', {
      introspectionEncryptedResponseAlg: alg,
      introspectionEncryptedResponseEnc: enc,
      jwks: { keys: [jwk] },
    })
    const decrypt = async (jwe: string) => {
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey)
      expect(protectedHeader).toMatchObject({ alg, enc, cty: 'JWT' })
      return new TextDecoder().decode(plaintext)
    }
    expect(await introspect(metadata, 'ES256', 'active', decrypt)).toMatchObject(ACTIVE_ANSWER)
  })

  test('refuses an answer signed by an unpublished key, which shows that the tests above check signatures', async () => {
    const { metadata } = await start('ES256')
    const { metadata: other } = await start('ES256')
    await expect(introspect({ ...metadata, jwks_uri: other.jwks_uri }, 'ES256', 'active')).rejects.toThrow()
  })
})

/** A configuration of openid-client that verifies signatures with the published keys. */
function configure(metadata: Metadata, alg: string) {
  const registered = { client_id: 'orders', introspection_signed_response_alg: alg }
  const configuration = new client.Configuration(metadata, 'orders', registered, client.ClientSecretPost('s3cr3t'))
  client.allowInsecureRequests(configuration)
  client.enableNonRepudiationChecks(configuration)
  return configuration
}

describe('openid-client', () => {
  test.each(SIGNING)('reads and verifies an answer signed with %s', async (alg) => {
    const { metadata, store } = await start(alg, { requireJwtResponse: true })
    const configuration = configure(metadata, alg)
    expect(await client.tokenIntrospection(configuration, 'active')).toMatchObject(ACTIVE_ANSWER)
    await store.revoke('active')
    expect(await client.tokenIntrospection(configuration, 'active')).toEqual({ active: false })
  })

  test.each(ENCRYPTION)('decrypts, reads and verifies an answer encrypted with %s and %s', async (alg, enc) => {
    const { jwk, privateKey } = await createRecipient(alg)
    const { metadata } = await start('Ed25519', {
      introspectionEncryptedResponseAlg: alg,
      introspectionEncryptedResponseEnc: enc,
      jwks: { keys: [jwk] },
    })
    const configuration = configure(metadata, 'Ed25519')
    client.enableDecryptingResponses(configuration, [enc], { key: privateKey, alg, kid: 'rs-1' })
    expect(await client.tokenIntrospection(configuration, 'active')).toMatchObject(ACTIVE_ANSWER)
  })
})
