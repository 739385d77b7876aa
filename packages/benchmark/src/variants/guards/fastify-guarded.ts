/** Ours: the same route behind a guard whose answers come from the cache. */
import { fastifyGuard } from '@token-introspection/client/fastify'
import Fastify from 'fastify'
import { answerJson } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createWarmGuard } from './create-warm-guard.ts'

serveRequests(async () => {
  const answer = JSON.parse(answerJson()) as object
  const { guard, tokens } = await createWarmGuard()
  const app = Fastify()
  app.get('/orders', { onRequest: fastifyGuard(guard) }, async (_request, reply) => reply.send(answer))
  await app.ready()
  return {
    path: '/orders',
    tokens,
    listener: (request, response) => app.routing(request, response),
    presents: 'bearer',
  }
})
