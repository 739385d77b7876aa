/** Interim responses, which a client must be able to read even if it did not ask for them (RFC 9110 §15.2). */
import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { clientSecretBasic, IntrospectionClient, type TransportOptions } from '@token-introspection/client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCertificate } from '../certificates.ts'

const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n'
const PROCESSING = 'HTTP/1.1 102 Processing\r\n\r\n'
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

const certificate = createCertificate('127.0.0.1')

function answering(body = '{"active":true}'): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

/** A server of raw octets. It sends interim responses before each answer and counts the requests. */
async function serveRaw(interim: string, answer = answering(), secure = false) {
  const asked: string[] = []
  const connections = new Set<Socket>()
  const listener = (socket: Socket): void => {
    connections.add(socket)
    socket.on('error', () => undefined)
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      const end = received.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1])
      if (end === -1 || received.length < end + 4 + length) return
      asked.push(received)
      received = ''
      // In two writes, as real servers do.
      if (interim !== '') socket.write(interim)
      socket.write(answer)
    })
  }
  const server = secure
    ? createTlsServer({ cert: certificate.cert, key: certificate.key }, listener)
    : createTcpServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of connections) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { asked, connections, origin: `${secure ? 'https' : 'http'}://127.0.0.1:${port}` }
}

function createClient(origin: string, transport: TransportOptions = {}) {
  const client = new IntrospectionClient({
    endpoint: `${origin}/introspect`,
    clientAuthentication: clientSecretBasic('api', 's3cr3t'),
    transport: { allowHttpOnLoopback: true, deadlineMs: 60_000, ...transport },
    onWarning: false,
  })
  onTestFinished(() => client.close())
  return client
}

describe('REQ-29 a server that sends', () => {
  test.each([
    ['103 Early Hints', HINTS],
    ['102 Processing', PROCESSING],
    ['several interim responses', PROCESSING + HINTS + HINTS],
  ])('%s before the answer does not disturb it', async (_, interim) => {
    const server = await serveRaw(interim)
    const client = createClient(server.origin)
    for (const token of ['a', 'b']) expect(await client.introspect(token)).toEqual({ active: true })
    expect(server.asked).toHaveLength(2)
  })

  test.each([
    ['one', CONTINUE],
    ['two', CONTINUE + CONTINUE],
    ['one among others', PROCESSING + CONTINUE + HINTS],
  ])(
    '100 Continue without a request for it, %s, is asked for once more over a transport that reads it',
    async (_, interim) => {
      const server = await serveRaw(interim)
      const client = createClient(server.origin)
      expect(await client.introspect('a')).toEqual({ active: true })
      expect(server.asked).toHaveLength(2)
      for (const token of ['b', 'c', 'd']) expect(await client.introspect(token)).toEqual({ active: true })
      expect(server.asked).toHaveLength(5)
      expect(new Set(server.asked.map((request) => /host: (.*)/i.exec(request)?.[1])).size).toBe(1)
      for (const request of server.asked) expect(request).toMatch(/^POST \/introspect HTTP\/1.1\r\n/)
    },
  )

  test('100 Continue over TLS is read with the same trusted authority', async () => {
    const server = await serveRaw(CONTINUE, answering(), true)
    const trusting = createClient(server.origin, { tls: { ca: certificate.cert } })
    for (const token of ['a', 'b', 'c']) expect(await trusting.introspect(token)).toEqual({ active: true })
    await expect(createClient(server.origin).introspect('a')).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNREACHABLE',
    })
  })

  test('100 Continue does not lift the limits of answers', async () => {
    const server = await serveRaw(CONTINUE, answering(JSON.stringify({ active: true, filler: 'a'.repeat(5000) })))
    const client = createClient(server.origin, { maxResponseBytes: 4096 })
    for (const token of ['a', 'b']) {
      await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    }
  })

  test.each([
    ['100 Continue', CONTINUE],
    ['103 Early Hints after 100 Continue', CONTINUE + HINTS.repeat(100)],
  ])('%s again and again is refused, long before the deadline', async (_, interim) => {
    const server = await serveRaw(interim.repeat(1000))
    await expect(createClient(server.origin).introspect('a')).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNREACHABLE',
      message: expect.stringContaining('more than 32 interim responses') as string,
    })
  })

  test('as many as 32 interim responses are read', async () => {
    const server = await serveRaw(CONTINUE.repeat(32))
    expect(await createClient(server.origin).introspect('a')).toEqual({ active: true })
  })

  test('a switch to another protocol after 100 Continue is refused, long before the deadline', async () => {
    const server = await serveRaw(CONTINUE, 'HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    await expect(createClient(server.origin).introspect('a')).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNREACHABLE',
      message: expect.stringContaining('another protocol') as string,
    })
  })

  test('100 Continue without an answer ends at the deadline', async () => {
    const server = await serveRaw(CONTINUE, '')
    const client = createClient(server.origin, { deadlineMs: 200 })
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
  })

  test('a redirect after 100 Continue is not followed', async () => {
    const server = await serveRaw(CONTINUE, 'HTTP/1.1 307 Go\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n')
    await expect(createClient(server.origin).introspect('a')).rejects.toMatchObject({ status: 307 })
  })

  test('100 Continue makes the client build a new request, because an assertion may be used once', async () => {
    const server = await serveRaw(CONTINUE)
    let built = 0
    const client = new IntrospectionClient({
      endpoint: `${server.origin}/introspect`,
      clientAuthentication: {
        method: 'private_key_jwt',
        clientId: 'api',
        authenticate: (draft) => {
          draft.parameters['assertion_number'] = String(++built)
        },
      },
      transport: { allowHttpOnLoopback: true },
    })
    await using _ = client
    await client.introspect('a')
    expect(server.asked.map((request) => /assertion_number=(\d)/.exec(request)?.[1])).toEqual(['1', '2'])
  })

  test('100 Continue leaves no connection open when the client is closed', async () => {
    const server = await serveRaw(CONTINUE)
    const client = createClient(server.origin)
    for (const token of ['a', 'b', 'c']) await client.introspect(token)
    const closed = [...server.connections].filter(({ destroyed }) => !destroyed).map((socket) => once(socket, 'close'))
    await client.close()
    await Promise.all(closed)
    // One that undici lost, one fresh attempt, and one that is kept.
    expect(server.connections.size).toBe(3)
  })
})
