/** A second yardstick: `node:http` with an endpoint written by hand, which checks the caller and finds the token. */
import { serveRequests } from '../../measure/serve-requests.ts'
import { ANSWER_HEADERS } from './answer-headers.ts'
import { createEndpointByHand } from './create-endpoint-by-hand.ts'

serveRequests(() => {
  const { answerTo, tokens } = createEndpointByHand()
  return {
    path: '/introspect',
    tokens,
    listener(request, response) {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const form = new URLSearchParams(Buffer.concat(chunks).toString())
        const json = answerTo(request.headers.authorization, form.get('token'))
        if (json === undefined) response.writeHead(401).end()
        else response.writeHead(200, { ...ANSWER_HEADERS, 'content-length': Buffer.byteLength(json) }).end(json)
      })
    },
  }
})
