/** A second yardstick: the same route behind a middleware written by hand. */
import Koa from 'koa'
import { answerJson } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createGuardByHand } from './create-guard-by-hand.ts'

serveRequests(() => {
  const answer = JSON.parse(answerJson()) as object
  const { answerTo, tokens } = createGuardByHand()
  const app = new Koa()
  app.use((context, next) => {
    const token = answerTo(context.req)
    if (token === undefined) context.throw(401)
    context.state['auth'] = token
    return next()
  })
  app.use((context) => {
    context.body = answer
  })
  const listener = app.callback()
  return {
    path: '/orders',
    tokens,
    listener: (request, response) => void listener(request, response),
    presents: 'bearer',
  }
})
