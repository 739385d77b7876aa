/** A second yardstick: the same route reads one header field, so Node builds the object of all fields. */
import { answerJson, createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { sendJson } from './send-json.ts'

serveRequests(() => {
  const answer = JSON.parse(answerJson()) as object
  return {
    path: '/orders',
    tokens: createTokens(),
    listener({ headers }, response) {
      if (headers.authorization === undefined) response.writeHead(401).end()
      else sendJson(response, answer)
    },
    presents: 'bearer',
  }
})
