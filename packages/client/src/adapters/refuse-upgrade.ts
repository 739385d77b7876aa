/** The answer to an upgrade that a guard refuses. */
import type { Duplex } from 'node:stream'
import type { Refusal } from '../index.ts'

/**
 * Answers an `upgrade` of Node with a refusal, and closes the connection. Node has no response object there, only the socket. It
 * does nothing for a socket that is closed already.
 *
 * @throws TypeError when a header field of the refusal cannot be sent, which only a refusal of your own can have.
 *
 * @example
 * ```ts
 * import type { IncomingMessage, Server } from 'node:http'
 * import type { Duplex } from 'node:stream'
 * import type { Guard } from '@token-introspection/client'
 * import { refuseUpgrade, toGuardRequest } from '@token-introspection/client/node'
 *
 * type Accept = (request: IncomingMessage, socket: Duplex, head: Buffer) => void
 *
 * export function acceptSockets(server: Server, mayListen: Guard, accept: Accept): void {
 *   server.on('upgrade', async (request, socket, head) => {
 *     const decision = await mayListen(toGuardRequest(request))
 *     if (!decision.allowed) return refuseUpgrade(socket, decision)
 *     accept(request, socket, head)
 *   })
 * }
 * ```
 */
export function refuseUpgrade(socket: Duplex, { status, headers, body }: Refusal): void {
  const fields = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  const lines = Object.entries(fields).map(([name, value]) => {
    if (!FIELD.test(`${name}: ${value}`)) throw new TypeError(`headers.${name}: cannot be sent`)
    return `${name}: ${value}\r\n`
  })
  if (!socket.writable) return
  // Node has no listener of its own on this socket any more, and an error without one ends the process.
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} \r\n${lines.join('')}\r\n${body}`, () => socket.destroy())
}

/** A header field without line breaks (RFC 9110 §5.1, §5.5). */
const FIELD = /^[!#$%&'*+.^_`|~\dA-Za-z-]+: [\t\x20-\x7e]*$/
