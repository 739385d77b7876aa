/** The base: `node:http` reads the body and writes fixed JSON, with as many octets and header fields as our endpoint. */
import { answerJson, createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { ANSWER_HEADERS } from './answer-headers.ts'

serveRequests(() => {
  const json = answerJson()
  const headers = { ...ANSWER_HEADERS, 'content-length': Buffer.byteLength(json) }
  return {
    path: '/introspect',
    tokens: createTokens(),
    listener(request, response) {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        if (Buffer.concat(chunks).length === 0) response.writeHead(400).end()
        else response.writeHead(200, headers).end(json)
      })
    },
  }
})
