/** One request and its answer, octet by octet, over its own connection. HTTP clients would correct the request. */
import { connect } from 'node:net'

/** A request as it is sent. */
export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** The answer. */
export interface RawResponse {
  readonly status: number
  /** By lower-case name; repeated fields are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const TIMEOUT_MS = 20_000

/** Sends a request to a port of loopback and reads the answer to the end of the connection. */
export function exchange(port: number, request: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const received: Buffer[] = []
    let failure: Error | undefined
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)))
    socket.on('data', (chunk: Buffer) => void received.push(chunk))
    // A server that answers early may close the connection while we write. Only its answer counts.
    socket.on('error', (error) => (failure = error))
    socket.on('close', () => {
      const response = parseResponse(Buffer.concat(received).toString('latin1'))
      if (response === undefined) reject(failure ?? new Error('closed without an answer'))
      else resolve(response)
    })
    socket.write(toText(request))
  })
}

function toText({ method, path, headers, body }: RawRequest): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${fields}${length}\r\n${body}`
}

function parseResponse(received: string): RawResponse | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase()
    const value = line.slice(line.indexOf(':') + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  const rest = received.slice(end + 4)
  const body = headers['transfer-encoding'] === 'chunked' ? readChunks(rest) : rest
  return { status: Number(statusLine.split(' ')[1]), headers, body: Buffer.from(body, 'latin1').toString() }
}

function readChunks(framed: string): string {
  let body = ''
  for (let offset = 0; offset < framed.length; ) {
    const start = framed.indexOf('\r\n', offset) + 2
    const length = Number.parseInt(framed.slice(offset, start), 16)
    body += framed.slice(start, start + length)
    offset = start + length + 2
  }
  return body
}
