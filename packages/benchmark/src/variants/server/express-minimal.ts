/** A minimal Express endpoint: the parser of Express reads the form, and `res.json` writes a fixed object. */
import express from 'express'
import { answerJson, createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'

serveRequests(() => {
  const answer = JSON.parse(answerJson()) as object
  const app = express().disable('x-powered-by')
  app.post('/introspect', express.urlencoded({ extended: false }), (request, response) => {
    if ((request.body as { token?: string }).token === undefined) response.status(400).end()
    else response.set('cache-control', 'no-store').json(answer)
  })
  return { path: '/introspect', tokens: createTokens(), listener: app }
})
