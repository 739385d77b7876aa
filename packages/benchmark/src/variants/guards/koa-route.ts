/** A minimal Koa route: it sends a fixed object. */
import Koa from 'koa'
import { answerJson, createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'

serveRequests(() => {
  const answer = JSON.parse(answerJson()) as object
  const app = new Koa()
  app.use((context) => {
    context.body = answer
  })
  const listener = app.callback()
  return {
    path: '/orders',
    tokens: createTokens(),
    listener: (request, response) => void listener(request, response),
    presents: 'bearer',
  }
})
