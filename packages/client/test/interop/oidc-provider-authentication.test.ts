/** Client authentication against oidc-provider: assertions over plain HTTP, certificates over TLS. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import {
  type ClientAuthentication,
  clientSecretJwt,
  dangerouslyNoClientAuthentication,
  IntrospectionClient,
  privateKeyJwt,
  selfSignedTlsClientAuth,
  tlsClientAuth,
  type TransportOptions,
} from '@token-introspection/client'
import { Provider } from 'oidc-provider'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

const secret = 'sixty-four-octets-are-what-a-secret-must-have-to-sign-with-HS512'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')
const keys = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  Ed25519: ed25519,
  EdDSA: ed25519,
}
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
type Algorithm = keyof typeof keys
const algorithms = Object.keys(keys) as Algorithm[]
const secretAlgorithms = ['HS256', 'HS384', 'HS512'] as const
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

function configuration(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const noRedirects = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
  return {
    clients: [
      ...algorithms.map((algorithm) => ({
        ...noRedirects,
        client_id: algorithm,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: algorithm,
        jwks: { keys: [{ ...keys[algorithm].publicKey.export({ format: 'jwk' }), kid: algorithm }] },
      })),
      ...secretAlgorithms.map((algorithm) => ({
        ...noRedirects,
        client_id: algorithm,
        client_secret: secret,
        token_endpoint_auth_method: 'client_secret_jwt',
        token_endpoint_auth_signing_alg: algorithm,
      })),
      { ...noRedirects, client_id: 'public', token_endpoint_auth_method: 'none' },
      {
        ...noRedirects,
        client_id: 'self-signed-certificate',
        token_endpoint_auth_method: 'self_signed_tls_client_auth',
        jwks: { keys: [jwkOfCertificate('self-signed')] },
      },
      {
        ...noRedirects,
        client_id: 'certificate',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_san_dns: 'orders.example.com',
      },
    ],
    clientAuthMethods: [
      'none',
      'private_key_jwt',
      'client_secret_jwt',
      'tls_client_auth',
      'self_signed_tls_client_auth',
    ],
    enabledJWA: {
      clientAuthSigningAlgValues: [...secretAlgorithms, ...algorithms],
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
        selfSignedTlsClientAuth: true,
        getCertificate: ({ req }: { req: IncomingMessage }) => (req.socket as TLSSocket).getPeerX509Certificate(),
        certificateAuthorized: ({ req }: { req: IncomingMessage }) => (req.socket as TLSSocket).authorized,
        certificateSubjectMatches: ({ req }: { req: IncomingMessage }, property: string, expected: string) =>
          property === 'tls_client_auth_san_dns' &&
          (req.socket as TLSSocket).getPeerX509Certificate()?.subjectAltName?.split(', ').includes(`DNS:${expected}`),
      },
    },
  }
}

/** A self-signed certificate in its registered form: the key, with the certificate in `x5c` (RFC 8705 §2.2.2). */
function jwkOfCertificate(name: string) {
  const { publicKey, raw } = new X509Certificate(read(`${name}.pem`))
  return { ...publicKey.export({ format: 'jwk' }), x5c: [raw.toString('base64')] }
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
  const provider = new Provider(issuer, configuration())
  callback = (request, response) => void provider.callback()(request, response)
  const token = await new provider.ClientCredentials({ client: await provider.Client.find('HS256') }).save()
  return async (clientAuthentication: ClientAuthentication, transport: TransportOptions) => {
    await using client = new IntrospectionClient({ issuer, clientAuthentication, transport })
    return [await client.introspect(token), await client.introspect(token)]
  }
}

const plain = { allowHttpOnLoopback: true }
const refused = { code: 'ERR_TRANSPORT_UNAUTHORIZED', oauthError: 'invalid_client' }
const twiceActive = [{ active: true }, { active: true }]

describe('assertions', () => {
  test.each(algorithms)('by private_key_jwt with %s are accepted', async (algorithm) => {
    const ask = await start((listener) => createServer(listener), 'http://127.0.0.1')
    const authentication = privateKeyJwt(algorithm, keys[algorithm].privateKey, { algorithm, keyId: algorithm })
    expect(await ask(authentication, plain)).toMatchObject(twiceActive)
  })

  test.each(secretAlgorithms)('by client_secret_jwt with %s are accepted', async (algorithm) => {
    const ask = await start((listener) => createServer(listener), 'http://127.0.0.1')
    expect(await ask(clientSecretJwt(algorithm, secret, { algorithm }), plain)).toMatchObject(twiceActive)
  })

  test.each([
    ['the key of another client', privateKeyJwt('ES256', stranger.privateKey, { algorithm: 'ES256' })],
    ['another algorithm than the registered one', privateKeyJwt('RS256', rsa.privateKey, { algorithm: 'PS256' })],
    ['another secret', clientSecretJwt('HS256', `${secret}.`)],
    ['the audience of another server', clientSecretJwt('HS256', secret, { audience: 'https://other.example.com' })],
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

  test.each(['wildcard', 'self-signed'])('are refused when the certificate is %s', async (name) => {
    const ask = await start((listener) => createHttpsServer(tlsServer, listener), 'https://localhost')
    await expect(ask(tlsClientAuth('certificate'), { tls: certificateOf(name) })).rejects.toMatchObject(refused)
  })

  test('by self_signed_tls_client_auth are accepted', async () => {
    const ask = await start((listener) => createHttpsServer(tlsServer, listener), 'https://localhost')
    const authentication = selfSignedTlsClientAuth('self-signed-certificate')
    expect(await ask(authentication, { tls: certificateOf('self-signed') })).toMatchObject(twiceActive)
  })

  test('by self_signed_tls_client_auth are refused with another certificate, even one of the authority', async () => {
    const ask = await start((listener) => createHttpsServer(tlsServer, listener), 'https://localhost')
    const authentication = selfSignedTlsClientAuth('self-signed-certificate')
    await expect(ask(authentication, { tls: certificateOf('orders') })).rejects.toMatchObject(refused)
  })
})

describe('no authentication', () => {
  test('with the identifier of a public client is accepted', async () => {
    const ask = await start((listener) => createServer(listener), 'http://127.0.0.1')
    const authentication = dangerouslyNoClientAuthentication({ clientId: 'public' })
    expect(await ask(authentication, plain)).toMatchObject(twiceActive)
  })

  test('with the identifier of a client that has a secret is refused', async () => {
    const ask = await start((listener) => createServer(listener), 'http://127.0.0.1')
    const authentication = dangerouslyNoClientAuthentication({ clientId: 'HS256' })
    await expect(ask(authentication, plain)).rejects.toMatchObject(refused)
  })

  test('with no identifier is a broken request', async () => {
    const ask = await start((listener) => createServer(listener), 'http://127.0.0.1')
    await expect(ask(dangerouslyNoClientAuthentication(), plain)).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_STATUS',
      status: 400,
      oauthError: 'invalid_request',
    })
  })
})
