/** The signed and encrypted answers of oidc-provider, in every public-key algorithm that it supports (RFC 9701 §5). */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clientSecretBasic, IntrospectionClient, type JwtResponseOptions } from '@token-introspection/client'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const SIGNING = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
] as const
const ENCRYPTION = [
  'RSA-OAEP',
  'RSA-OAEP-256',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
] as const
const CONTENT_ENCRYPTION = ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'] as const
/** Algorithms of the provider with a shared secret, which this client refuses. */
const SHARED_SECRET_SIGNING = ['HS256', 'HS384', 'HS512'] as const
const SHARED_SECRET_ENCRYPTION = ['dir', 'A128KW', 'A256GCMKW'] as const
/** Algorithms that the provider supports on this Node, but this client does not. */
const LATTICE_SIGNING = canSign('ml-dsa-44') ? (['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const) : []
const encryptions = ENCRYPTION.flatMap((alg) => CONTENT_ENCRYPTION.map((enc) => [alg, enc] as const))
const secret = 'sixty-four-octets-are-what-a-secret-must-have-to-sign-with-HS512'
const keys = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  generateKeyPairSync('ed25519').privateKey,
  ...LATTICE_SIGNING.map((alg) => generateKeyPairSync(alg.toLowerCase() as 'ml-dsa-44').privateKey),
].map((key) => key.export({ format: 'jwk' }))
const ours = {
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EC: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}

const warningListeners = process.listeners('warning')
let provider: Provider
let issuer: string
const server = createServer((request, response) => void provider.callback()(request, response))

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
  // Node prints a warning about ML-DSA, one for each algorithm.
  process.removeAllListeners('warning')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  provider = new Provider(issuer, configuration())
})

afterAll(async () => {
  server.closeAllConnections()
  await once(server.close(), 'close')
  for (const listener of warningListeners) process.on('warning', listener)
  vi.restoreAllMocks()
})

function canSign(type: 'ml-dsa-44'): boolean {
  try {
    generateKeyPairSync(type)
    return true
  } catch {
    return false
  }
}

function keyFor(alg: string) {
  return alg.startsWith('RSA') ? ours.RSA : ours.EC
}

function configuration(): Record<string, unknown> {
  const common = { client_secret: secret, redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
  return {
    clients: [
      ...[...SIGNING, ...SHARED_SECRET_SIGNING, ...LATTICE_SIGNING].map((alg) => ({
        ...common,
        client_id: alg,
        introspection_signed_response_alg: alg,
      })),
      ...encryptions.map(([alg, enc]) => ({
        ...common,
        client_id: `${alg} ${enc}`,
        introspection_signed_response_alg: 'ES256',
        introspection_encrypted_response_alg: alg,
        introspection_encrypted_response_enc: enc,
        jwks: { keys: [{ ...keyFor(alg).publicKey.export({ format: 'jwk' }), use: 'enc', kid: 'ours' }] },
      })),
      ...SHARED_SECRET_ENCRYPTION.map((alg) => ({
        ...common,
        client_id: alg,
        introspection_signed_response_alg: 'ES256',
        introspection_encrypted_response_alg: alg,
        introspection_encrypted_response_enc: 'A256GCM',
      })),
      { ...common, client_id: 'unsigned' },
    ],
    jwks: { keys },
    cookies: { keys: ['for-this-test'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      introspectionSigningAlgValues: [...SIGNING, ...SHARED_SECRET_SIGNING, ...LATTICE_SIGNING],
      introspectionEncryptionAlgValues: [...ENCRYPTION, ...SHARED_SECRET_ENCRYPTION],
      introspectionEncryptionEncValues: [...CONTENT_ENCRYPTION],
    },
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      encryption: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      jwtIntrospection: { enabled: true },
    },
  }
}

function create(clientId: string, jwt: JwtResponseOptions): IntrospectionClient {
  return new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic(clientId, secret),
    transport: { allowHttpOnLoopback: true },
    response: { jwt },
  })
}

async function issue(clientId: string): Promise<string> {
  const client = await provider.Client.find(clientId)
  return new provider.ClientCredentials({ client, scope: 'orders:read' }).save()
}

describe.each(SIGNING)('an answer of oidc-provider signed with %s', (alg) => {
  test('is verified with the key from its metadata', async () => {
    await using client = create(alg, { algorithms: [alg] })
    expect(await client.introspect(await issue(alg))).toMatchObject({ active: true, client_id: alg, iss: issuer })
    expect(await client.introspect('no-such-token')).toEqual({ active: false })
  })

  test('is refused by a client that requires another algorithm', async () => {
    await using client = create(alg, { algorithms: [alg === 'ES512' ? 'ES256' : 'ES512'] })
    await expect(client.introspect(await issue(alg))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  })

  test('is refused by a client that has other keys', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    await using client = create(alg, { jwks: { keys: [stranger] } })
    await expect(client.introspect(await issue(alg))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  })
})

test.each(encryptions)(
  'an answer of oidc-provider encrypted with %s and %s is decrypted and verified',
  async (...of) => {
    const [alg] = of
    const clientId = of.join(' ')
    await using client = create(clientId, { decryptionKeys: [{ alg, kid: 'ours', key: keyFor(alg).privateKey }] })
    expect(await client.introspect(await issue(clientId))).toMatchObject({ active: true, client_id: clientId })
    expect(await client.introspect('no-such-token')).toEqual({ active: false })
    await using without = create(clientId, {})
    await expect(without.introspect(await issue(clientId))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  },
)

test('an answer that this server would encrypt is refused: the server itself sends JSON', async () => {
  const clientId = 'ECDH-ES A256GCM'
  await using client = new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic(clientId, secret),
    transport: { allowHttpOnLoopback: true },
  })
  await expect(client.introspect(await issue(clientId))).rejects.toMatchObject({
    code: 'ERR_TRANSPORT_STATUS',
    status: 400,
    oauthError: 'invalid_request',
  })
})

test('a resource server without a registered algorithm gets RS256', async () => {
  await using client = create('unsigned', { algorithms: ['RS256'] })
  expect(await client.introspect(await issue('unsigned'))).toMatchObject({ active: true, client_id: 'unsigned' })
  await using fapi = create('unsigned', { profile: 'fapi2' })
  await expect(fapi.introspect(await issue('unsigned'))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
})

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

describe('an error of a server that signs its answers is JSON, and the client', () => {
  test('treats a JWT that the server does not keep as inactive', async () => {
    await using client = create('ES256', {})
    const jwt = `${segment({ alg: 'ES256', typ: 'at+jwt' })}.${segment({ sub: 'alice' })}.${'A'.repeat(86)}`
    expect(await client.introspect(jwt)).toEqual({ active: false })
  })

  test('reports wrong credentials as wrong credentials', async () => {
    await using client = new IntrospectionClient({
      issuer,
      clientAuthentication: clientSecretBasic('ES256', 'wrong'),
      transport: { allowHttpOnLoopback: true },
      response: { jwt: {} },
    })
    await expect(client.introspect('abc')).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNAUTHORIZED',
      oauthError: 'invalid_client',
    })
  })
})

test.each(LATTICE_SIGNING)('an answer signed with %s, which this client does not support, is refused', async (alg) => {
  await using client = create(alg, {})
  await expect(client.introspect(await issue(alg))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
})

describe('protection by a shared secret is refused, because every party that can check it can also forge it:', () => {
  test.each(SHARED_SECRET_SIGNING)('an answer signed with %s', async (alg) => {
    await using client = create(alg, {})
    await expect(client.introspect(await issue(alg))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  })

  test.each(SHARED_SECRET_ENCRYPTION)('an answer encrypted with %s', async (alg) => {
    await using client = create(alg, {})
    await expect(client.introspect(await issue(alg))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  })
})

test.each([
  ['with the audience of the token, not the audience of the answer', { aud: 'https://orders.example.com' }],
  ['with the confirmation of a bound token', { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }],
])('the signed answer equals the plain answer, %s', async (_, members) => {
  const client = await provider.Client.find('ES256')
  const token = await new provider.ClientCredentials({ client, ...members }).save()
  await using signed = create('ES256', {})
  await using plain = new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic('ES256', secret),
    transport: { allowHttpOnLoopback: true },
  })
  const answer = await signed.introspect(token)
  expect(answer).toEqual(await plain.introspect(token))
  expect(answer).toMatchObject('jkt' in members ? { active: true, cnf: members } : { active: true, ...members })
})
