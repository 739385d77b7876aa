/** A real HTTP proxy on loopback (RFC 9110 §9.3.6, RFC 9112 §3.2.2), for tests. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { ServerCertificate } from './certificates.ts'

/** How a proxy behaves. Every member may change while it runs. */
export interface ProxyBehaviour {
  /** The port on loopback that stands for every host. Default the host and port that the client names. */
  port?: number
  /** The status for every request. Default it passes requests on. */
  status?: number
  /** Whether it accepts requests and never answers them. */
  hangs?: boolean
}

/** A running proxy. */
export interface ProxyServer extends AsyncDisposable {
  readonly origin: string
  readonly port: number
  /** What it was asked for, and with which credentials. */
  readonly asked: readonly string[]
  readonly behaviour: ProxyBehaviour
  /** Resolves when a client has given up a tunnel that hangs. */
  readonly abandoned: Promise<void>
}

/** Starts a proxy. With a certificate it speaks https to its clients. */
export async function serveProxy(
  behaviour: ProxyBehaviour = {},
  certificate?: ServerCertificate,
): Promise<ProxyServer> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const abandoned = Promise.withResolvers<void>()
  const note = ({ method, url, headers }: IncomingMessage): void => {
    asked.push(`${method} ${url} ${headers['proxy-authorization'] ?? '-'}`)
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    note(request)
    if (behaviour.hangs === true) return
    if (behaviour.status !== undefined) return void response.writeHead(behaviour.status).end('refused')
    const target = new URL(request.url ?? '')
    const { 'proxy-authorization': _, ...headers } = request.headers
    const onward = forward(target, {
      method: request.method,
      headers,
      ...(behaviour.port !== undefined && { hostname: '127.0.0.1', port: behaviour.port }),
    })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    response.on('close', () => onward.destroy())
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  }
  const openTunnel = (request: IncomingMessage, client: Socket): void => {
    const [host, port] = (request.url ?? '').split(':')
    const upstream = connect(behaviour.port ?? Number(port), behaviour.port === undefined ? host : '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
  }
  const server = certificate === undefined ? createServer(onRequest) : createTlsServer(certificate, onRequest)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    note(request)
    client.on('error', () => undefined)
    if (behaviour.hangs === true) client.resume().once('end', () => abandoned.resolve())
    else if (behaviour.status !== undefined) client.end(`HTTP/1.1 ${behaviour.status} No\r\n\r\n`)
    else openTunnel(request, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    asked,
    behaviour,
    abandoned: abandoned.promise,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}
