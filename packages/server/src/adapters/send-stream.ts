/** Sends a body in parts to the response of Node. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { BodyReceiver, StreamedBody } from '../index.ts'

/** Writes the parts to a response whose head is written. */
export function sendStream(stream: StreamedBody, request: IncomingMessage, response: ServerResponse): void {
  // The head goes out before the first part, so that the follower knows that it is connected.
  response.flushHeaders()
  const leave = stream({
    send(octets) {
      if (!response.destroyed && !response.writableEnded) response.write(octets)
    },
    unsentBytes: () => response.writableLength,
    end: () => void response.end(),
    drop: () => void response.destroy(),
    isClosing: () => isClosing(request),
  })
  response.once('close', leave).on('error', () => undefined)
}

const nothing = (): void => undefined
const NOBODY: BodyReceiver = { send: nothing, unsentBytes: () => 0, end: nothing, drop: nothing }

/** Opens a stream whose receiver has gone, so that its place is given back. */
export function openForNobody(stream: StreamedBody | undefined): void {
  stream?.(NOBODY)()
}

/** Whether `close()` of the server was called. The socket of a framework's own test requests has no server. */
export function isClosing(request: IncomingMessage): boolean {
  const { server } = request.socket as Socket & { readonly server?: { readonly listening?: boolean } }
  return server?.listening === false
}
