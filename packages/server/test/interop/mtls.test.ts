/** Mutual TLS on real connections: callers with certificates of the authority, with self-signed ones, and strangers. */
import type { RequestListener } from 'node:http'
import { connect, createSecureServer } from 'node:http2'
import { createServer, request as send } from 'node:https'
import type { AddressInfo } from 'node:net'
import * as oauth from 'oauth4webapi'
import { describe, expect, onTestFinished, test } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { certificateFromSocket, createIntrospectionHandler, createMemoryTokenStore } from '../../src/index.ts'
import { readCertificate } from '../asking.ts'

const ISSUER = 'https://as.example.com'
const authority = readCertificate('authority').pem
const selfSigned = readCertificate('self-signed')

async function createListener() {
  const store = createMemoryTokenStore()
  await store.save('active', { kind: 'access_token', aud: 'urn:orders', exp: Math.floor(Date.now() / 1000) + 60 })
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      methods: ['tls_client_auth', 'self_signed_tls_client_auth'],
      clientCertificate: certificateFromSocket(),
      protectedResources: [
        { id: 'by-subject', tlsClientAuth: { sanDns: 'orders.example.com' }, audiences: ['urn:orders'] },
        {
          id: 'by-certificate',
          jwks: { keys: [{ kty: 'EC', x5c: [Buffer.from(selfSigned.der).toString('base64')] }] },
          audiences: ['urn:orders'],
        },
      ],
    },
    lookup: { store },
  })
  return toNodeHandler(handler)
}

async function listenTls(listener: RequestListener, ca = authority): Promise<number> {
  const { pem: cert, key } = readCertificate('server')
  const options = { cert, key, ca, requestCert: true, rejectUnauthorized: false }
  const server = createServer(options, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.close().closeAllConnections())
  return (server.address() as AddressInfo).port
}

/** A `fetch` whose connections present a certificate. */
function fetchWith(name: string | undefined) {
  const own = name === undefined ? {} : { cert: readCertificate(name).pem, key: readCertificate(name).key }
  return (
    url: string,
    { method, headers, body }: { method: string; headers: Record<string, string>; body?: unknown },
  ) =>
    new Promise<Response>((resolve, reject) => {
      const request = send(url, { method, headers, ca: authority, agent: false, ...own }, (response) => {
        const chunks: Buffer[] = []
        response
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () => {
            const fields = response.headers as Record<string, string>
            resolve(new Response(Buffer.concat(chunks), { status: response.statusCode ?? 0, headers: fields }))
          })
      })
      request.on('error', reject).end(String(body))
    })
}

async function introspect(clientId: string, name: string | undefined, ca = authority) {
  const as = {
    issuer: ISSUER,
    introspection_endpoint: `https://localhost:${await listenTls(await createListener(), ca)}/introspect`,
  }
  const asked = await oauth.introspectionRequest(as, { client_id: clientId }, oauth.TlsClientAuth(), 'active', {
    [oauth.customFetch]: fetchWith(name),
  })
  return await oauth.processIntrospectionResponse(as, { client_id: clientId }, asked)
}

describe('oauth4webapi with TlsClientAuth', () => {
  test('authenticates with a certificate of the authority (MTLS-03)', async () => {
    expect((await introspect('by-subject', 'orders')).active).toBe(true)
  })

  test('authenticates with its registered self-signed certificate (MTLS-05)', async () => {
    expect((await introspect('by-certificate', 'self-signed')).active).toBe(true)
  })

  test.each([
    ['a self-signed certificate with the registered name', 'by-subject', 'self-signed'],
    ['a certificate of the authority with another name', 'by-subject', 'wildcard'],
    ['another self-signed certificate', 'by-certificate', 'stranger'],
    ['a certificate of the authority that is not registered', 'by-certificate', 'orders'],
    ['no certificate', 'by-subject', undefined],
    ['an unknown identifier', 'nobody', 'orders'],
  ])('is refused with %s (MTLS-02)', async (_, clientId, name) => {
    await expect(introspect(clientId, name)).rejects.toMatchObject({ status: 401 })
  })
})

describe('the authorities of the listener', () => {
  test('are the only ones: a certificate of another authority authenticates nobody (MTLS-06)', async () => {
    const another = readCertificate('stranger').pem
    expect((await introspect('by-subject', 'orders')).active).toBe(true)
    await expect(introspect('by-subject', 'orders', another)).rejects.toMatchObject({ status: 401 })
    // A self-signed certificate is registered itself, so it needs no authority.
    expect((await introspect('by-certificate', 'self-signed', another)).active).toBe(true)
  })
})

/** The status of an answer over HTTP/2. */
async function statusWith(name: string): Promise<unknown> {
  const { pem: cert, key } = readCertificate('server')
  const options = { cert, key, ca: authority, requestCert: true, rejectUnauthorized: false }
  const server = createSecureServer(options, toHttp2Listener(await createListener()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const own = { cert: readCertificate(name).pem, key: readCertificate(name).key }
  const session = connect(`https://localhost:${(server.address() as AddressInfo).port}`, { ca: authority, ...own })
  onTestFinished(() => {
    session.destroy()
    server.close()
  })
  const type = 'application/x-www-form-urlencoded'
  const stream = session.request({ ':method': 'POST', ':path': '/introspect', 'content-type': type })
  const status = new Promise((resolve, reject) => {
    stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject)
  })
  stream.end('token=active&client_id=by-subject')
  return await status
}

describe('HTTP/2', () => {
  test('shows the certificate of its connection (MTLS-02)', async () => {
    expect(await statusWith('orders')).toBe(200)
    expect(await statusWith('wildcard')).toBe(401)
    expect(await statusWith('self-signed')).toBe(401)
  })
})

/** Requests and responses of `node:http2` have the same shape in its compatibility API. */
function toHttp2Listener(listener: RequestListener): Parameters<typeof createSecureServer>[1] {
  return listener as unknown as Parameters<typeof createSecureServer>[1]
}
