/** Serves handlers over HTTP. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@token-introspection/server/node'
import { UnableError } from '../errors.ts'
import type { Handlers } from './admin/create-admin.ts'
import { isKnownHost } from './known-host.ts'

/** A server that listens. */
export interface Listening {
  readonly port: number
  /** Answers by these handlers from now on, dated by this clock. Until then every request gets 503. */
  readonly serve: (handlers: Handlers, hosts: readonly string[], now: () => number) => void
  /** Takes no more connections, ends those that are idle, and waits for the others. */
  readonly close: () => Promise<void>
}

/** How long requests may go on after the server was asked to stop, in milliseconds. */
const GRACE_MS = 2000

/**
 * Listens. Port 0 chooses a free one.
 *
 * @throws UnableError when the port is in use, or the address is not one of this machine.
 */
export async function listen(host: string, port: number): Promise<Listening> {
  const server = createServer()
  let answer = answerTooEarly
  server.on('request', (request, response) => answer(request, response))
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new UnableError(reasonOf(error as NodeJS.ErrnoException, host, port), { cause: error })
  }
  return {
    port: (server.address() as AddressInfo).port,
    serve(handlers, hosts, now) {
      const listeners = new Map(Object.entries(handlers).map(([path, handler]) => [path, toNodeHandler(handler)]))
      answer = (request, response) => {
        // By the clock that dates the tokens, because resource servers compare the two.
        response.setHeader('date', new Date(now()).toUTCString())
        // Else a page on the internet whose name points at this machine could read what the server says.
        const listener = listeners.get(request.url?.split('?', 1)[0] ?? '')
        if (!isKnownHost(request.headers.host, hosts)) response.writeHead(421).end()
        else if (listener === undefined) response.writeHead(404).end()
        else listener(request, response)
      }
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const last = setTimeout(() => server.closeAllConnections(), GRACE_MS)
      await closed
      clearTimeout(last)
    },
  }
}

function answerTooEarly(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503).end()
}

function reasonOf({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use. Choose another one with --port, or 0 for any free one`
    case 'EACCES':
      return `this user may not listen on port ${port}. Choose one above 1023 with --port`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `--host ${host}: is no address of this machine`
    default:
      return `cannot listen on port ${port} of ${host}: ${message}`
  }
}
