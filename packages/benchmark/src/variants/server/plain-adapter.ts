/** A plain adapter from `node:http` to the global `Request` and `Response`. Several variants share it. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { ISSUER } from '../../fixture.ts'
import type { FetchHandler } from './create-fixed-answer.ts'

/** Turns a fetch handler into a listener. */
export function plainAdapter(handler: FetchHandler): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      answer(handler, request, Buffer.concat(chunks), response).catch(() => response.destroy())
    })
  }
}

async function answer(
  handler: FetchHandler,
  message: IncomingMessage,
  body: Uint8Array<ArrayBuffer>,
  response: ServerResponse,
): Promise<void> {
  const headers = new Headers(message.headers as Record<string, string>)
  const request = new Request(`${ISSUER}${message.url}`, { method: 'POST', headers, body })
  const answered = await handler(request)
  const text = await answered.text()
  response.writeHead(answered.status, {
    ...Object.fromEntries(answered.headers),
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
