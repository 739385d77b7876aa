/** Ours: the same route behind a guard whose answers come from the cache. */
import { nodeGuard } from '@token-introspection/client/node'
import { answerJson } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { sendJson } from './send-json.ts'
import { createWarmGuard } from './create-warm-guard.ts'

serveRequests(async () => {
  const answer = JSON.parse(answerJson()) as object
  const { guard, tokens } = await createWarmGuard()
  const listener = nodeGuard(guard, (_request, response) => sendJson(response, answer))
  return {
    path: '/orders',
    tokens,
    listener: (request, response) => void listener(request, response),
    presents: 'bearer',
  }
})
