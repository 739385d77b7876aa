/** The three forms of a handler: plain data, fetch, and Node over a real connection. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { type HttpHandler, RequestTooLargeError } from '../../src/index.ts'
import { send, type WireRequest, type WireResponse } from '../endpoint.ts'
import { whenDone } from './when-done.ts'

/** One form of the handler, and how a request reaches it. */
export interface HandlerForm {
  readonly name: string
  readonly send: (handler: HttpHandler, request: WireRequest) => Promise<WireResponse>
}

const plain: HandlerForm = {
  name: 'plain data',
  send: async (handler, request) =>
    handler.handle({
      method: request.method,
      header(name) {
        const values = request.headers.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value)
        return values.length === 0 ? undefined : values.join(', ')
      },
      query: () => request.target.split('?')[1],
      readBody(maxBytes) {
        if (request.body.byteLength > maxBytes) throw new RequestTooLargeError('too large')
        return request.body
      },
    }),
}

const fetchForm: HandlerForm = { name: 'fetch', send }

const nodeForm: HandlerForm = {
  name: 'node:http',
  async send(handler, request) {
    const server = await listen(toNodeHandler(handler))
    return await exchange(dial(server), request)
  },
}

export const forms: readonly HandlerForm[] = [plain, fetchForm, nodeForm]

/** A server on loopback that closes when its test or block ends. If connections stay open, that fails by its timeout. */
export async function listen(listener: RequestListener, options: ServerOptions = {}): Promise<Server> {
  const server = createServer(options, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  whenDone(() => new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))))
  return server
}

/** The port of the server. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** A raw connection to a server. It closes when the test ends. */
export function dial(server: Server): Socket {
  const socket = connect(portOf(server), '127.0.0.1').setNoDelay()
  onTestFinished(() => void socket.destroy())
  return socket
}

/** Writes a request and reads one response, even if the server refuses the rest of the request. */
export async function exchange(socket: Socket, request: WireRequest): Promise<WireResponse> {
  const response = readResponse(socket, request.method)
  const framing = request.chunked ? 'transfer-encoding: chunked' : `content-length: ${request.body.byteLength}`
  const fields = request.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.write(
    `${request.method} ${request.target} HTTP/1.1\r\nhost: as.example.com\r\n${fields}${framing}\r\n\r\n`,
    'latin1',
  )
  if (!request.chunked) socket.write(request.body)
  else {
    for (let offset = 0; offset < request.body.byteLength; offset += 10_000) {
      const chunk = request.body.subarray(offset, offset + 10_000)
      socket.write(`${chunk.byteLength.toString(16)}\r\n`)
      socket.write(chunk)
      socket.write('\r\n')
    }
    socket.write('0\r\n\r\n')
  }
  return await response
}

/** Reads one response, with `Content-Length` or in chunks. */
export function readResponse(socket: Socket, method: string): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    let received = ''
    let failure: Error | undefined
    const onData = (chunk: Buffer): void => {
      received += chunk.toString('latin1')
      const response = parseResponse(received, method)
      if (response === undefined) return
      socket.off('data', onData).off('error', onError).off('close', onClose)
      // An error that comes after the answer is of no interest.
      if (socket.listenerCount('error') === 0) socket.on('error', () => undefined)
      resolve(response)
    }
    // A server that closes early may break our writing. Only the arrival of its answer matters.
    const onError = (error: Error): void => void (failure = error)
    const onClose = (): void => reject(new Error(`closed after ${JSON.stringify(received)}`, { cause: failure }))
    socket.on('data', onData).on('error', onError).on('close', onClose)
  })
}

function parseResponse(received: string, method: string): WireResponse | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n')
  const fields = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ])
  const headers = Object.fromEntries(fields) as Record<string, string>
  const body = readFramed(received.slice(end + 4), method === 'HEAD' ? {} : headers)
  if (body === undefined) return undefined
  const octets = Buffer.from(body, 'latin1')
  return { status: Number(statusLine.split(' ')[1]), headers, body: octets.toString() }
}

/** The body, or `undefined` while it is incomplete. */
function readFramed(framed: string, headers: Readonly<Record<string, string>>): string | undefined {
  if (headers['transfer-encoding'] !== 'chunked') {
    return framed.length < Number(headers['content-length']) ? undefined : framed
  }
  let body = ''
  for (let offset = 0; ; ) {
    const start = framed.indexOf('\r\n', offset) + 2
    if (start === 1) return undefined
    const length = Number.parseInt(framed.slice(offset, start), 16)
    offset = start + length + 2
    if (framed.length < offset) return undefined
    if (length === 0) return body
    body += framed.slice(start, start + length)
  }
}
