/** A minimal route of `node:http`: it sends a fixed object. */
import { answerJson, createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { sendJson } from './send-json.ts'

serveRequests(() => {
  const answer = JSON.parse(answerJson()) as object
  return {
    path: '/orders',
    tokens: createTokens(),
    listener: (_request, response) => sendJson(response, answer),
    presents: 'bearer',
  }
})
