/** A second yardstick: the same route behind a hook written by hand. */
import Fastify from 'fastify'
import { answerJson } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createGuardByHand } from './create-guard-by-hand.ts'

serveRequests(async () => {
  const answer = JSON.parse(answerJson()) as object
  const { answerTo, tokens } = createGuardByHand()
  const app = Fastify()
  app.decorateRequest('token', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    const token = answerTo(request.raw)
    if (token === undefined) {
      void reply.code(401).send()
      return
    }
    Object.assign(request, { token })
    done()
  })
  app.get('/orders', async (_request, reply) => reply.send(answer))
  await app.ready()
  return {
    path: '/orders',
    tokens,
    listener: (request, response) => app.routing(request, response),
    presents: 'bearer',
  }
})
