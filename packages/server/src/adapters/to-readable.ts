/** A body in parts as a stream of Node, for frameworks that take one. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { StreamedBody } from '../index.ts'
import { isClosing } from './send-stream.ts'

/** Turns the body into a stream that a framework pipes into the response. */
export function toReadable(stream: StreamedBody, request: IncomingMessage, response: ServerResponse): Readable {
  let leave: (() => void) | undefined
  const readable = new Readable({
    // Parts come by themselves.
    read: () => undefined,
    destroy(error, done) {
      leave?.()
      done(error)
    },
  })
  leave = stream({
    send(octets) {
      if (!readable.destroyed) readable.push(octets)
    },
    unsentBytes: () => readable.readableLength + response.writableLength,
    end() {
      if (!readable.destroyed) readable.push(null)
    },
    drop: () => void response.destroy(),
    isClosing: () => isClosing(request),
  })
  return readable
}
