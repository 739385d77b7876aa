/** A minimal Express route: it sends a fixed object. */
import express from 'express'
import { answerJson, createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'

serveRequests(() => {
  const answer = JSON.parse(answerJson()) as object
  const app = express().disable('x-powered-by')
  app.get('/orders', (_request, response) => void response.json(answer))
  return { path: '/orders', tokens: createTokens(), listener: app, presents: 'bearer' }
})
