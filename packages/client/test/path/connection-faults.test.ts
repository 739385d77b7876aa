/** What the client says about connections that bring no answer. Each fault is a real one. */
import { once } from 'node:events'
import { createServer as createHttp2Server, createSecureServer as createSecureHttp2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { createCertificate } from '../certificates.ts'

const certificate = createCertificate('127.0.0.1')
const expired = createCertificate('127.0.0.1', { notBefore: Date.now() - 2000, notAfter: Date.now() - 1000 })
const early = createCertificate('127.0.0.1', { notBefore: Date.now() + 3_600_000, notAfter: Date.now() + 7_200_000 })

/** Starts a server on a free port of loopback. */
async function serve(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined)
    sockets.add(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

/** A TCP server that reacts to the first octets. */
function tcp(onData: (socket: Socket) => void): Server {
  return createServer((socket) => socket.once('data', () => onData(socket)))
}

const secrets = { id: 'orders-api', secret: 's3cr3t-of-orders', token: 't0ken-of-alice' }

describe.each(['undici', 'fetch'])('over %s', (kind) => {
  test.each<[title: string, scheme: string, server: () => Server, part: string]>([
    [
      'TLS to a port without it',
      'https',
      () => tcp((socket) => socket.end('HTTP/1.1 400 \r\n\r\n')),
      'no TLS is spoken',
    ],
    ['http to a port with TLS', 'http', () => createHttpsServer({ ...certificate }), 'the URL begins with https'],
    ['an unknown authority', 'https', () => createHttpsServer({ ...certificate }), 'transport.tls.ca'],
    ['a reset', 'https', () => tcp((socket) => socket.resetAndDestroy()), 'closed the connection'],
    ['a connection that is closed', 'http', () => tcp((socket) => socket.end()), 'closed the connection'],
    ['HTTP/2 only, with TLS', 'https', () => createSecureHttp2Server({ ...certificate }), '(ALPN)'],
    ['HTTP/2 only, without TLS', 'http', () => createHttp2Server(), 'the answer is not HTTP/1.1'],
    ['another protocol', 'http', () => tcp((socket) => socket.end('220 mail ready\r\n')), 'the answer is not HTTP/1.1'],
    [
      'TLS that is too old',
      'https',
      () => createHttpsServer({ ...certificate, ...OLD_TLS }),
      'no version of TLS in common',
    ],
  ])('tells %s apart', async (_, scheme, server, part) => {
    await using running = await serve(server())
    const origin = `${scheme}://127.0.0.1:${running.port}`
    const error = await failureAt(origin)
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', retryable: true })
    expect(error.message).toContain(`no complete answer from ${origin}: `)
    expect(error.message).toContain(part)
    for (const secret of Object.values(secrets)) expect(error.message).not.toContain(secret)
  })

  async function failureAt(origin: string): Promise<Error> {
    await using client = new IntrospectionClient({
      endpoint: `${origin}/introspect`,
      clientAuthentication: clientSecretBasic(secrets.id, secrets.secret),
      transport: { allowHttpOnLoopback: true, ...(kind === 'fetch' && { fetch }) },
      onWarning: false,
    })
    return client.introspect(secrets.token).then(
      () => expect.unreachable(),
      (error: Error) => error,
    )
  }
})

const OLD_TLS = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const

describe('a certificate that the client trusts', () => {
  test.each([
    ['has expired', expired, 'has expired'],
    ['is not valid yet', early, 'check the clock of this machine'],
  ])('and that %s is told apart', async (_, own, part) => {
    await using running = await serve(createHttpsServer({ ...own }))
    await using client = new IntrospectionClient({
      endpoint: `https://127.0.0.1:${running.port}/introspect`,
      clientAuthentication: clientSecretBasic(secrets.id, secrets.secret),
      transport: { tls: { ca: own.cert } },
      onWarning: false,
    })
    await expect(client.introspect(secrets.token)).rejects.toThrow(part)
  })
})
