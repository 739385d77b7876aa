/** A minimal Fastify endpoint: `@fastify/formbody` reads the form, and the handler returns a fixed object. */
import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { answerJson, createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'

serveRequests(async () => {
  const answer = JSON.parse(answerJson()) as object
  const app = Fastify()
  await app.register(formbody)
  app.post('/introspect', async (request, reply) => {
    if ((request.body as { token?: string }).token === undefined) return reply.code(400).send()
    return reply.header('cache-control', 'no-store').send(answer)
  })
  await app.ready()
  return {
    path: '/introspect',
    tokens: createTokens(),
    listener: (request, response) => app.routing(request, response),
  }
})
