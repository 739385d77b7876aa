/** Real HTTP servers on loopback, for behaviour that only the wire shows. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A request, as it arrived. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  /** Field names in lower case, each with its values. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

/** One request that waits for an answer. */
export interface Exchange {
  readonly request: ReceivedRequest
  readonly response: ServerResponse
  /** The connection, for answers that are not HTTP. */
  readonly socket: Socket
}

/** A server that answers every request in the same way and records the requests. */
export interface LoopbackServer extends AsyncDisposable {
  readonly origin: string
  readonly requests: readonly ReceivedRequest[]
  /** The number of open connections. */
  connections(): Promise<number>
}

/**
 * Starts a server that reads every request to its end, then calls `answer`. Default any free port. A test that stops its server while
 * somebody still asks takes a port of `findFreePort`, or the requests arrive at another test.
 */
export function serve(
  answer: (exchange: Exchange) => unknown,
  host = '127.0.0.1',
  wantedPort = 0,
): Promise<LoopbackServer> {
  const requests: ReceivedRequest[] = []
  const listener: RequestListener = (incoming, response) => {
    void readRequest(incoming).then((request) => {
      requests.push(request)
      return answer({ request, response, socket: incoming.socket })
    })
  }
  return listen(requests, listener, host, wantedPort)
}

/** Starts a server with a request listener. Default any free port. */
export function serveListener(listener: RequestListener, wantedPort = 0): Promise<LoopbackServer> {
  return listen([], listener, '127.0.0.1', wantedPort)
}

async function listen(
  requests: ReceivedRequest[],
  listener: RequestListener,
  host: string,
  wantedPort: number,
): Promise<LoopbackServer> {
  const server = createServer(listener)
  server.listen(wantedPort, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    requests,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { method = '', url = '', headersDistinct } = incoming
  const headers = Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values ?? []]))
  return { method, url, headers, body: Buffer.concat(chunks).toString('utf8') }
}
