import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clientSecretBasic, IntrospectionClient, type JwtResponseOptions } from '@token-introspection/client'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const SIGNING = ['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA'] as const
const ENCRYPTION = ['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'] as const
const secret = 's3cr3t-of-the-protected-resource'
const keys = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  generateKeyPairSync('ed25519').privateKey,
].map((key) => key.export({ format: 'jwk' }))
const ours = {
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EC: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}

let provider: Provider
let issuer: string
const server = createServer((request, response) => void provider.callback()(request, response))

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  provider = new Provider(issuer, configuration())
})

afterAll(async () => {
  server.closeAllConnections()
  await once(server.close(), 'close')
})

function keyFor(alg: string) {
  return alg.startsWith('RSA') ? ours.RSA : ours.EC
}

function configuration(): Record<string, unknown> {
  const common = { client_secret: secret, redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
  return {
    clients: [
      ...SIGNING.map((alg) => ({ ...common, client_id: alg, introspection_signed_response_alg: alg })),
      ...ENCRYPTION.map((alg) => ({
        ...common,
        client_id: alg,
        introspection_signed_response_alg: 'ES256',
        introspection_encrypted_response_alg: alg,
        introspection_encrypted_response_enc: 'A256GCM',
        jwks: { keys: [{ ...keyFor(alg).publicKey.export({ format: 'jwk' }), use: 'enc', kid: 'ours' }] },
      })),
    ],
    jwks: { keys },
    cookies: { keys: ['for-this-test'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      introspectionSigningAlgValues: [...SIGNING],
      introspectionEncryptionAlgValues: [...ENCRYPTION],
      introspectionEncryptionEncValues: ['A256GCM'],
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
  test('is verified with the key its metadata leads to', async () => {
    await using client = create(alg, { algorithms: [alg] })
    expect(await client.introspect(await issue(alg))).toMatchObject({ active: true, client_id: alg, iss: issuer })
    expect(await client.introspect('no-such-token')).toEqual({ active: false })
  })

  test('is refused by who wants another algorithm', async () => {
    await using client = create(alg, { algorithms: ['ES512'] })
    await expect(client.introspect(await issue(alg))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  })

  test('is refused by who knows other keys', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    await using client = create(alg, { jwks: { keys: [stranger] } })
    await expect(client.introspect(await issue(alg))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
  })
})

test.each(ENCRYPTION)('an answer of oidc-provider encrypted with %s is decrypted and verified', async (alg) => {
  await using client = create(alg, { decryptionKeys: [{ alg, kid: 'ours', key: keyFor(alg).privateKey }] })
  expect(await client.introspect(await issue(alg))).toMatchObject({ active: true, client_id: alg })
  await using without = create(alg, {})
  await expect(without.introspect(await issue(alg))).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
})
