/** Ours in Express: `toExpressHandler`. */
import { toExpressHandler } from '@token-introspection/server/express'
import express from 'express'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from './create-handler.ts'

serveRequests(async () => {
  const { introspection, tokens } = await createHandler()
  const app = express().disable('x-powered-by')
  app.all('/introspect', toExpressHandler(introspection))
  return { path: '/introspect', tokens, listener: app }
})
