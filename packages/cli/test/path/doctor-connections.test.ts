/** The command `doctor` tells apart why no answer comes: TLS, ports, names, proxies. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import { clientSecretBasic } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { createCertificate, type ServerCertificate } from '../../../client/test/certificates.ts'
import { serveProxy } from '../../../client/test/proxy-server.ts'
import { doctor } from '../doctor/run-command.ts'
import { CALLER, startModelServer } from '../servers/model-server.ts'

const DAY_MS = 86_400_000

/** A server over TLS that calls every token inactive. */
async function serveTls(certificate: ServerCertificate & Pick<TlsOptions, 'requestCert' | 'ca' | 'maxVersion'>) {
  const server = createTlsServer(certificate, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":false}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** A server that does something else with each connection. */
async function serveTcp(onConnection: (socket: Socket) => void) {
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket)
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

describe('TLS', () => {
  test('a certificate of a private authority, and the file that helps', async () => {
    const certificate = createCertificate('127.0.0.1')
    await using as = await serveTls(certificate)
    const args = ['--endpoint', `https://127.0.0.1:${as.port}/introspect`]
    const { code, printed } = await doctor(args)
    expect(code).toBe(1)
    expect(printed.fault).toMatchObject({
      name: 'private_authority',
      step: 'connection',
      side: 'resource_server',
      clause: 'RFC 7662 §4',
    })
    expect(printed.fault?.fix).toContain('transport.tls.ca')
    const surroundings = { files: { ca: certificate.cert } }
    expect((await doctor([...args, '--ca-file', 'ca'], surroundings)).printed).toMatchObject({ verdict: 'healthy' })
  })

  test.each([
    [
      'an expired certificate',
      'expired_certificate',
      createCertificate('127.0.0.1', { notBefore: Date.now() - 3 * DAY_MS, notAfter: Date.now() - DAY_MS }),
      'authorization_server',
    ],
    [
      'a certificate for another name',
      'certificate_for_another_name',
      createCertificate('as.example.com'),
      'resource_server',
    ],
  ])('%s', async (_, name, certificate, side) => {
    await using as = await serveTls(certificate)
    const { printed } = await doctor(['--endpoint', `https://127.0.0.1:${as.port}/introspect`, '--ca-file', 'ca'], {
      files: { ca: certificate.cert },
    })
    expect(printed.fault).toMatchObject({ name, step: 'connection', side })
  })

  test('a client certificate that the server wants', async () => {
    const certificate = createCertificate('127.0.0.1')
    // With TLS 1.3 some servers only break the connection.
    await using as = await serveTls({ ...certificate, ca: certificate.cert, requestCert: true, maxVersion: 'TLSv1.2' })
    const { printed } = await doctor(['--endpoint', `https://127.0.0.1:${as.port}/introspect`, '--ca-file', 'ca'], {
      files: { ca: certificate.cert },
    })
    expect(printed.fault).toMatchObject({ name: 'client_certificate_required', step: 'connection' })
  })

  test.each([
    ['client_certificate_required', 'No required SSL certificate was sent'],
    ['plain_to_tls_port', 'The plain HTTP request was sent to HTTPS port'],
  ])('%s by the page of a gateway', async (name, words) => {
    const headers = { 'content-type': 'text/html' }
    const as = await startModelServer({
      instead: () => ({ status: 400, headers, body: `<html><h1>400 ${words}</h1>` }),
    })
    const { printed } = await doctor(['--endpoint', `${as.url}/introspect`])
    expect(printed.fault).toMatchObject({ name, step: 'connection', side: 'resource_server' })
    await as.close()
  })

  test('https to a port that speaks http', async () => {
    const as = await startModelServer()
    const { printed } = await doctor(['--issuer', as.url.replace('http:', 'https:')])
    expect(printed.fault).toMatchObject({ name: 'tls_to_plain_port', step: 'connection', side: 'resource_server' })
    await as.close()
  })

  test('http to a port that speaks https', async () => {
    await using as = await serveTls(createCertificate('127.0.0.1'))
    const { printed } = await doctor(['--endpoint', `http://127.0.0.1:${as.port}/introspect`])
    expect(printed.fault).toMatchObject({ name: 'plain_to_tls_port', step: 'connection', side: 'resource_server' })
    expect(printed.fault?.fix).toBe('Change http to https in the URL.')
  })
})

describe('connections', () => {
  test('a port where nobody listens', async () => {
    const { printed } = await doctor(['--issuer', 'http://127.0.0.1:1'])
    expect(printed.fault).toMatchObject({ name: 'refused', step: 'connection', side: 'connection' })
  })

  test('a name that nobody knows', async () => {
    const { printed } = await doctor(['--issuer', 'https://as.invalid'])
    expect(printed.fault).toMatchObject({ name: 'unknown_name', step: 'connection', side: 'resource_server' })
  })

  test('a server that breaks every connection', async () => {
    await using as = await serveTcp((socket) => socket.destroy())
    const { printed } = await doctor(['--endpoint', `http://127.0.0.1:${as.port}/introspect`])
    expect(printed.fault).toMatchObject({ name: 'reset', step: 'connection', side: 'connection', isSure: false })
  })

  test('a firewall that breaks connections of unknown programs', async () => {
    const as = await startModelServer()
    await using firewall = await serveFirewall(as.url)
    const { printed } = await doctor(['--endpoint', `${firewall.url}/introspect`])
    expect(printed.fault).toMatchObject({ name: 'firewall_wants_user_agent', side: 'connection' })
    await as.close()
  })

  test('a server that never answers, within the deadline', async () => {
    await using as = await serveTcp(() => undefined)
    const { printed } = await doctor(['--endpoint', `http://127.0.0.1:${as.port}/introspect`, '--deadline', '1'])
    expect(printed.fault).toMatchObject({ name: 'late', step: 'connection', side: 'connection' })
  })
})

/** A firewall that breaks connections whose request names no browser. */
async function serveFirewall(target: string) {
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization = '', 'content-type': type = '' } = request.headers
    const body = await text(request)
    const headers = { authorization, 'content-type': type }
    const answer = await fetch(target + (request.url ?? ''), { method: 'POST', body, headers })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  }
  const server = createServer((request, response) => {
    if (request.headers['user-agent']?.startsWith('Mozilla/') === true) void pass(request, response)
    else request.socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

describe('proxies', () => {
  const ENDPOINT = 'http://as.example.com/introspect'

  test('a proxy of the environment that the client does not use', async () => {
    const as = await startModelServer()
    await using proxy = await serveProxy({ port: Number(new URL(as.url).port) })
    const options = {
      endpoint: 'http://as.invalid/introspect',
      clientAuthentication: clientSecretBasic(CALLER.id, CALLER.secret),
      transport: { allowHttpOrigins: ['http://as.invalid'] },
    }
    const { printed } = await doctor(['--config', './client.js'], {
      modules: { './client.js': { default: options } },
      environment: { HTTP_PROXY: proxy.origin },
    })
    expect(printed.fault).toMatchObject({ name: 'proxy_needed', step: 'connection', side: 'resource_server' })
    expect(printed.fault?.fix).toBe("Set transport.proxy to 'environment'.")
    await as.close()
  })

  test.each([
    ['that refuses', { status: 407 }],
    ['that cannot reach the host', { status: 502 }],
  ])('a proxy %s, without which the server is not reachable', async (_, behaviour) => {
    await using proxy = await serveProxy(behaviour)
    const { printed } = await doctor(
      ['--endpoint', ENDPOINT.replace('example.com', 'invalid'), '--dangerously-allow-http'],
      {
        environment: { HTTP_PROXY: `http://user:pr0xy-s3cr3t@127.0.0.1:${proxy.port}` },
      },
    )
    expect(printed.fault).toMatchObject({ name: 'proxy_refuses', step: 'connection', side: 'connection' })
    expect(JSON.stringify(printed)).not.toContain('pr0xy-s3cr3t')
  })

  test('a proxy that is in the way of a server in the network', async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address
    // A machine without a network has no server that is not on loopback.
    if (address === undefined) return
    const as = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":false}')
    }).listen(0, address)
    await once(as, 'listening')
    await using proxy = await serveProxy({ status: 403 })
    const { printed } = await doctor(
      ['--endpoint', `http://${address}:${(as.address() as AddressInfo).port}/introspect`, '--dangerously-allow-http'],
      { environment: { HTTP_PROXY: proxy.origin } },
    )
    expect(printed.fault).toMatchObject({ name: 'proxy_in_the_way', step: 'connection', side: 'resource_server' })
    expect(printed.fault?.fix).toContain(`Add ${address} to NO_PROXY`)
    as.closeAllConnections()
    await once(as.close(), 'close')
  })
})
