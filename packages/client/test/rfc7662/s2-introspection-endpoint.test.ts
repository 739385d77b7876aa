import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { clientSecretBasic, type Fetch, IntrospectionClient } from '@token-introspection/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCertificate, type ServerCertificate } from '../certificates.ts'

const clientAuthentication = clientSecretBasic('api', 'secret')
const hour = 3_600_000
const certificates = {
  trusted: createCertificate('127.0.0.1'),
  untrusted: createCertificate('127.0.0.1'),
  'for another host': createCertificate('as.example.com'),
  expired: createCertificate('127.0.0.1', { notBefore: Date.now() - 2 * hour, notAfter: Date.now() - hour }),
  'not yet valid': createCertificate('127.0.0.1', { notBefore: Date.now() + hour, notAfter: Date.now() + 2 * hour }),
}
const defaults = getCACertificates('default')

beforeAll(() => {
  const known = Object.entries(certificates).filter(([name]) => name !== 'untrusted')
  setDefaultCACertificates([...defaults, ...known.map(([, certificate]) => certificate.cert)])
})

afterAll(() => {
  setDefaultCACertificates(defaults)
})

async function serveOver(certificate: ServerCertificate) {
  let requests = 0
  const server = createServer(certificate, (_request, response) => {
    requests++
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":true}')
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe.each([
  ['undici', undefined],
  ['fetch', fetch],
] as [string, Fetch | undefined][])('over %s', (_, fetchToUse) => {
  const transport = { fetch: fetchToUse }

  test('REQ-01 asks over TLS', async () => {
    await using server = await serveOver(certificates.trusted)
    await using client = new IntrospectionClient({ endpoint: server.endpoint, clientAuthentication, transport })
    expect(await client.introspect('abc')).toEqual({ active: true })
  })

  test.each(['untrusted', 'for another host', 'expired', 'not yet valid'] as const)(
    'REQ-02 sends nothing to a server whose certificate is %s',
    async (name) => {
      await using server = await serveOver(certificates[name])
      await using client = new IntrospectionClient({ endpoint: server.endpoint, clientAuthentication, transport })
      await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
      expect(server.requests()).toBe(0)
    },
  )
})

test.each([
  { endpoint: 'http://as.example.com/introspect' },
  { issuer: 'http://as.example.com' },
  { endpoint: 'http://127.0.0.1/introspect' },
  { issuer: 'http://localhost' },
  { endpoint: 'http://as.example.com/introspect', transport: { allowHttpOnLoopback: true } },
  { endpoint: 'http://10.0.0.1/introspect', transport: { allowHttpOnLoopback: true } },
])('REQ-01 refuses to start with %o', (options) => {
  expect(() => new IntrospectionClient({ clientAuthentication, ...options })).toThrow(TypeError)
})

test('REQ-02 has no option that turns the checking of certificates off', () => {
  for (const name of ['rejectUnauthorized', 'insecure', 'ca', 'allowHttp', 'checkServerIdentity']) {
    for (const [path, transport] of [
      [`transport.${name}`, { [name]: false }],
      [`transport.tls.${name}`, { tls: { [name]: false } }],
    ] as const) {
      if (path === 'transport.tls.ca') continue
      expect(
        () => new IntrospectionClient({ issuer: 'https://as.example.com', clientAuthentication, transport }),
      ).toThrow(`${path}: unknown option`)
    }
  }
})

test.each([
  ['localhost', 'http://localhost:9000/introspect'],
  ['an address of loopback', 'http://127.0.0.1:9000/introspect'],
  ['the IPv6 address of loopback', 'http://[::1]:9000/introspect'],
])('http is allowed for %s alone, by an option', (_, endpoint) => {
  expect(() => new IntrospectionClient({ endpoint, clientAuthentication })).toThrow('allowHttpOnLoopback')
  const transport = { allowHttpOnLoopback: true }
  expect(() => new IntrospectionClient({ endpoint, clientAuthentication, transport })).not.toThrow()
})
