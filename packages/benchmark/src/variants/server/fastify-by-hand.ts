/** A second yardstick: a Fastify endpoint written by hand, which checks the caller and finds the token. */
import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { serveRequests } from '../../measure/serve-requests.ts'
import { ANSWER_HEADERS } from './answer-headers.ts'
import { createEndpointByHand } from './create-endpoint-by-hand.ts'

serveRequests(async () => {
  const { answerTo, tokens } = createEndpointByHand()
  const app = Fastify()
  await app.register(formbody)
  app.post('/introspect', async (request, reply) => {
    const json = answerTo(request.headers.authorization, (request.body as { token?: string }).token)
    return json === undefined ? reply.code(401).send() : reply.headers(ANSWER_HEADERS).send(json)
  })
  await app.ready()
  return { path: '/introspect', tokens, listener: (request, response) => app.routing(request, response) }
})
