/** Ours: the same route behind a guard whose answers come from the cache. */
import { expressGuard } from '@token-introspection/client/express'
import express from 'express'
import { answerJson } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createWarmGuard } from './create-warm-guard.ts'

serveRequests(async () => {
  const answer = JSON.parse(answerJson()) as object
  const { guard, tokens } = await createWarmGuard()
  const app = express().disable('x-powered-by')
  app.get('/orders', expressGuard(guard), (_request, response) => void response.json(answer))
  return { path: '/orders', tokens, listener: app, presents: 'bearer' }
})
