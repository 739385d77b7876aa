/** A minimal Fastify route: it sends a fixed object. */
import Fastify from 'fastify'
import { answerJson, createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'

serveRequests(async () => {
  const answer = JSON.parse(answerJson()) as object
  const app = Fastify()
  app.get('/orders', async (_request, reply) => reply.send(answer))
  await app.ready()
  return {
    path: '/orders',
    tokens: createTokens(),
    listener: (request, response) => app.routing(request, response),
    presents: 'bearer',
  }
})
