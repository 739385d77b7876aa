/**
 * What the client variants ask: a server that reads each request and writes one fixed answer. It stands on bare sockets
 * because it must cost much less than any client, or it would be the one that is measured.
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

function serve(socket: Socket): void {
  let received = ''
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    for (;;) {
      const headersEnd = received.indexOf(HEADERS_END)
      if (headersEnd === -1) return
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0)
      const requestEnd = headersEnd + HEADERS_END.length + length
      if (received.length < requestEnd) return
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
    const server = createServer(serve)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect` }
  },
})
