/** An authorization server on loopback that gives one answer to everything. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** An answer to give. */
export interface CannedAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A request that came. */
export interface CameRequest {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A running server. */
export interface CannedServer {
  readonly url: string
  readonly requests: readonly CameRequest[]
  readonly close: () => Promise<void>
}

/** Starts the server. The answer may depend on the request. */
export async function startCannedServer(
  answer: CannedAnswer | ((request: CameRequest) => CannedAnswer | Promise<CannedAnswer>),
): Promise<CannedServer> {
  const requests: CameRequest[] = []
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request
    const came = { method, url, headers, body: await text(request) }
    requests.push(came)
    const given = typeof answer === 'function' ? await answer(came) : answer
    response
      .writeHead(given.status ?? 200, given.headers ?? { 'content-type': 'application/json' })
      .end(given.body ?? '')
  }

  const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
