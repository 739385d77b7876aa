/** Client authentication against oidc-provider: assertions over plain HTTP, certificates over TLS. */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import {
  type ClientAuthentication,
  clientSecretJwt,
  IntrospectionClient,
  privateKeyJwt,
  tlsClientAuth,
  type TransportOptions,
} from '@token-introspection/client'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

const secret = 'a secret of at least thirty-two octets'
const keys = {
  ES256: await generateKeyPair('ES256'),
  RS256: await generateKeyPair('RS256'),
  PS256: await generateKeyPair('PS256'),
  Ed25519: await generateKeyPair('Ed25519'),
}
const stranger = await generateKeyPair('ES256')
type Algorithm = keyof typeof keys
const algorithms = Object.keys(keys) as Algorithm[]
const fixtures = new URL('../../../server/test/fixtures/certificates/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, fixtures), 'utf8')
const certificateOf = (name: string) => ({
  cert: read(`${name}.pem`),
  key: read(`${name}.key.pem`),
  ca: read('authority.pem'),
})

beforeEach(() => {
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
})

async function configuration(): Promise<Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const noRedirects = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
  const byKey = await Promise.all(
    algorithms.map(async (algorithm) => ({
      ...noRedirects,
      client_id: algorithm,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: algorithm,
      jwks: { keys: [{ ...(await exportJWK(keys[algorithm].publicKey)), kid: algorithm }] },
    })),
  )
  return {
    clients: [
      ...byKey,
      {
        ...noRedirects,
        client_id: 'secret',
        client_secret: secret,
        token_endpoint_auth_method: 'client_secret_jwt',
        token_endpoint_auth_signing_alg: 'HS256',
      },
      {
        ...noRedirects,
        client_id: 'certificate',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_san_dns: 'orders.example.com',
      },
    ],
    clientAuthMethods: ['private_key_jwt', 'client_secret_jwt', 'tls_client_auth'],
    enabledJWA: {
      clientAuthSigningAlgValues: ['HS256', ...algorithms],
      idTokenSigningAlgValues: ['ES256'],
    },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    cookies: { keys: ['for-this-test'] },
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        getCertificate: ({ req }: { req: IncomingMessage }) => (req.socket as TLSSocket).getPeerX509Certificate(),
        certificateAuthorized: ({ req }: { req: IncomingMessage }) => (req.socket as TLSSocket).authorized,
        certificateSubjectMatches: ({ req }: { req: IncomingMessage }, property: string, expected: string) =>
          property === 'tls_client_auth_san_dns' &&
          (req.socket as TLSSocket).getPeerX509Certificate()?.subjectAltName?.split(', ').includes(`DNS:${expected}`),
      },
    },
  }
}

async function start(serve: (listener: RequestListener) => Server, origin: string) {
  let callback: RequestListener | undefined
  const server = serve((request, response) => callback?.(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const issuer = `${origin}:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, await configuration())
  callback = (request, response) => void provider.callback()(request, response)
  const token = await new provider.ClientCredentials({ client: await provider.Client.find('secret') }).save()
  return async (clientAuthentication: ClientAuthentication, transport: TransportOptions) => {
    await using client = new IntrospectionClient({ issuer, clientAuthentication, transport })
    return [await client.introspect(token), await client.introspect(token)]
  }
}

const plain = { allowHttpOnLoopback: true }
const refused = { code: 'ERR_TRANSPORT_UNAUTHORIZED', oauthError: 'invalid_client' }
const twiceActive = [{ active: true }, { active: true }]

describe('assertions', () => {
  test.each(algorithms)('by private_key_jwt with %s are accepted, each of them', async (algorithm) => {
    const ask = await start((listener) => createServer(listener), 'http://127.0.0.1')
    const authentication = privateKeyJwt(algorithm, keys[algorithm].privateKey, { algorithm, keyId: algorithm })
    expect(await ask(authentication, plain)).toMatchObject(twiceActive)
  })

  test('by client_secret_jwt are accepted', async () => {
    const ask = await start((listener) => createServer(listener), 'http://127.0.0.1')
    expect(await ask(clientSecretJwt('secret', secret), plain)).toMatchObject(twiceActive)
  })

  test.each([
    ['the key of another', privateKeyJwt('ES256', stranger.privateKey, { algorithm: 'ES256' })],
    ['another secret', clientSecretJwt('secret', `${secret}.`)],
    ['the audience of another', clientSecretJwt('secret', secret, { audience: 'https://other.example.com' })],
  ])('with %s are refused', async (_, authentication) => {
    const ask = await start((listener) => createServer(listener), 'http://127.0.0.1')
    await expect(ask(authentication, plain)).rejects.toMatchObject(refused)
  })
})

describe('certificates', () => {
  const tlsServer = { ...certificateOf('server'), requestCert: true, rejectUnauthorized: false }

  test('by tls_client_auth are accepted', async () => {
    const ask = await start((listener) => createHttpsServer(tlsServer, listener), 'https://localhost')
    expect(await ask(tlsClientAuth('certificate'), { tls: certificateOf('orders') })).toMatchObject(twiceActive)
  })

  test.each(['wildcard', 'self-signed'])('are refused when they are %s', async (name) => {
    const ask = await start((listener) => createHttpsServer(tlsServer, listener), 'https://localhost')
    await expect(ask(tlsClientAuth('certificate'), { tls: certificateOf(name) })).rejects.toMatchObject(refused)
  })
})
