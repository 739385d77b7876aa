/** A second yardstick: the same route behind a guard written by hand. */
import { answerJson } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createGuardByHand } from './create-guard-by-hand.ts'
import { sendJson } from './send-json.ts'

serveRequests(() => {
  const answer = JSON.parse(answerJson()) as object
  const { answerTo, tokens } = createGuardByHand()
  return {
    path: '/orders',
    tokens,
    listener(request, response) {
      if (answerTo(request) === undefined) response.writeHead(401).end()
      else sendJson(response, answer)
    },
    presents: 'bearer',
  }
})
