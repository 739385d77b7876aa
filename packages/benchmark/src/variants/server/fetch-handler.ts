/** Ours: the fetch form behind a plain adapter with the global `Request` and `Response`, which cause most of the cost. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IntrospectionHandler } from '@token-introspection/server'
import { ISSUER } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from './create-handler.ts'

serveRequests(async () => {
  const { introspection, tokens } = await createHandler()
  return {
    path: '/introspect',
    tokens,
    listener(request, response) {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        answer(introspection, request, Buffer.concat(chunks), response).catch(() => response.destroy())
      })
    },
  }
})

async function answer(
  introspection: IntrospectionHandler,
  message: IncomingMessage,
  body: Uint8Array<ArrayBuffer>,
  response: ServerResponse,
): Promise<void> {
  const headers = new Headers(message.headers as Record<string, string>)
  const request = new Request(`${ISSUER}${message.url}`, { method: 'POST', headers, body })
  const answered = await introspection(request)
  const text = await answered.text()
  response.writeHead(answered.status, {
    ...Object.fromEntries(answered.headers),
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
