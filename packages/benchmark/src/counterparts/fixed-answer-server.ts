/**
 * The server that the client variants ask: it reads each request and writes one fixed answer. It uses bare sockets,
 * because it must cost much less than any client. Otherwise the figures would be about the server.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { answerJson, AUTHORIZATION } from '../fixture.ts'
import { answerParent } from '../measure/answer-parent.ts'

const HEADERS_END = '\r\n\r\n'

const json = answerJson()
const ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: no-store\r\npragma: no-cache\r\n' +
    `keep-alive: timeout=120\r\ncontent-length: ${Buffer.byteLength(json)}${HEADERS_END}${json}`,
)
const REFUSAL = Buffer.from(`HTTP/1.1 401 Unauthorized\r\ncontent-length: 0${HEADERS_END}`)

/** The server parses every n-th request. For the others it only checks the length. */
const SAMPLE_EVERY = 16

function serve(socket: Socket): void {
  let received = ''
  let usualLength = -1
  let requests = 0
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    if (chunk.length === usualLength && received === '' && ++requests % SAMPLE_EVERY !== 0) {
      socket.write(ANSWER)
      return
    }
    received += chunk.toString('latin1')
    for (;;) {
      const headersEnd = received.indexOf(HEADERS_END)
      if (headersEnd === -1) return
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0)
      const requestEnd = headersEnd + HEADERS_END.length + length
      if (received.length < requestEnd) return
      // Only for a client that sends head and body in one chunk. Otherwise a body alone could have this length.
      usualLength = chunk.length === requestEnd ? requestEnd : -1
      socket.write(isIntrospection(received, headersEnd) ? ANSWER : REFUSAL)
      received = received.slice(requestEnd)
    }
  })
}

function isIntrospection(request: string, headersEnd: number): boolean {
  return request.startsWith('POST ') && request.includes(AUTHORIZATION) && request.includes('token=', headersEnd)
}

answerParent({
  async start(): Promise<{ endpoint: string }> {
    const server = createServer({ noDelay: true }, serve)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect` }
  },
})
