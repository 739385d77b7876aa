/** Ours: the same route behind a guard whose answers come from the cache. */
import { koaGuard } from '@token-introspection/client/koa'
import Koa from 'koa'
import { answerJson } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createWarmGuard } from './create-warm-guard.ts'

serveRequests(async () => {
  const answer = JSON.parse(answerJson()) as object
  const { guard, tokens } = await createWarmGuard()
  const app = new Koa()
  app.use(koaGuard(guard))
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
