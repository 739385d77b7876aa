/** Option `transport.socketPath`, over real Unix sockets. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionError,
  type TransportOptions,
} from '@token-introspection/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCertificate } from '../certificates.ts'
import { serveTls } from '../tls-server.ts'

let folder: string
let socketPath: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'socket-'))
  socketPath = join(folder, 'as.sock')
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** A server on the socket. It records the requests, as host and URL. */
async function serveSocket({ sendsContinue = false } = {}) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`)
    request.resume()
    if (request.url?.startsWith('/.well-known') === true) {
      const issuer = `http://${request.headers.host}`
      return response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ issuer, introspection_endpoint: `${issuer}/found` }))
    }
    if (sendsContinue) response.writeContinue()
    return response.setHeader('content-type', 'application/json').end('{"active":true}')
  })
  server.listen(socketPath)
  await once(server, 'listening')
  return {
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

const createClient = (transport: TransportOptions, place: { endpoint: string } | { issuer: string }) =>
  new IntrospectionClient({
    ...place,
    clientAuthentication: clientSecretBasic('api', 's3cr3t'),
    transport: { socketPath, ...transport },
  })

describe('socketPath', () => {
  test('gets every request, whatever host its URL has', async () => {
    await using server = await serveSocket()
    const transport = { allowHttpOrigins: ['http://keycloak:8080'] }
    await using client = createClient(transport, { issuer: 'http://keycloak:8080' })
    expect((await client.introspect('a')).active).toBe(true)
    expect(server.asked).toEqual(['keycloak:8080 /.well-known/oauth-authorization-server', 'keycloak:8080 /found'])
  })

  test('gets requests again from a server that sends interim responses', async () => {
    await using server = await serveSocket({ sendsContinue: true })
    await using client = createClient({ allowHttpOnLoopback: true }, { endpoint: 'http://localhost/introspect' })
    for (const token of ['a', 'b']) expect((await client.introspect(token)).active).toBe(true)
    expect(server.asked.length).toBeGreaterThan(2)
  })

  test('carries TLS for the host of the URL', async () => {
    const certificate = createCertificate('as.example.com')
    await using _ = await serveTls(certificate, socketPath)
    const tls = { ca: certificate.cert }
    await using client = createClient({ tls }, { endpoint: 'https://as.example.com/introspect' })
    expect((await client.introspect('a')).active).toBe(true)
    await using other = createClient({ tls }, { endpoint: 'https://other.example.com/introspect' })
    await expect(other.introspect('a')).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  test('does not make plain http allowed', () => {
    expect(() => createClient({}, { endpoint: 'http://localhost/introspect' })).toThrow('transport.allowHttpOnLoopback')
  })

  test('that does not exist is an outage, with the remedy', async () => {
    await using client = createClient(
      { allowHttpOnLoopback: true, retry: false, socketPath: join(folder, 'none.sock') },
      { endpoint: 'http://localhost/introspect' },
    )
    const error = (await client.introspect('a').catch((reason: unknown) => reason)) as IntrospectionError
    expect(error.code).toBe('ERR_TRANSPORT_UNREACHABLE')
    expect(error.message).toContain('ENOENT, there is no such socket: check transport.socketPath')
  })

  test.each<[string, TransportOptions]>([
    ['socketPath', { proxy: 'http://proxy:3128' }],
    ['socketPath', { proxy: 'environment' }],
    ['socketPath', { fetch: (url, init) => fetch(url, init) }],
    ['socketPath', { dispatcher: { dispatch: () => true } }],
    ['socketPath', { socketPath: 'a\0b' }],
    ['socketPath', { socketPath: '' }],
  ])('names %s when it is wrong: %j', (name, transport) => {
    const place = { endpoint: 'https://as.example.com/introspect' }
    expect(() => createClient(transport, place)).toThrow(new RegExp(`^transport\\.${name}: `))
  })
})
