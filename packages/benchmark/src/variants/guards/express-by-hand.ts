/** A second yardstick: the same route behind a middleware written by hand. */
import express, { type NextFunction, type Request, type Response } from 'express'
import { answerJson } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createGuardByHand } from './create-guard-by-hand.ts'

serveRequests(() => {
  const answer = JSON.parse(answerJson()) as object
  const { answerTo, tokens } = createGuardByHand()
  const requireToken = (request: Request, response: Response, next: NextFunction): void => {
    const token = answerTo(request)
    if (token === undefined) {
      response.status(401).end()
      return
    }
    Object.assign(request, { auth: token })
    next()
  }
  const app = express().disable('x-powered-by')
  app.get('/orders', requireToken, (_request, response) => void response.json(answer))
  return { path: '/orders', tokens, listener: app, presents: 'bearer' }
})
