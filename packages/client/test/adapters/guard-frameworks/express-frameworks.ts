/** Express 5 and Express 4, alone and after their parsers. */
import { createRequire } from 'node:module'
import { isPreflight } from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { toGuardRequest } from '@token-introspection/client/node'
import express from 'express'
import { bodyOf } from './body-of.ts'
import { setFieldsBefore } from './fields-before.ts'
import type { GuardedFramework, Start } from './guarded-framework.ts'
import { listen } from './listen.ts'

// The alias has no types. The functions that these tests call are the same in both versions.
const express4 = createRequire(import.meta.url)('express4') as typeof express

export const expressFrameworks: readonly GuardedFramework[] = [
  { name: 'Express 5', start: startExpress(express), parsesForms: false },
  {
    name: 'Express 5 after urlencoded',
    start: startExpress(express, express.urlencoded({ extended: true })),
    parsesForms: true,
  },
  {
    name: 'Express 5 after text',
    start: startExpress(express, express.text({ type: '*/*' })),
    parsesForms: true,
  },
  { name: 'Express 5 after raw', start: startExpress(express, express.raw({ type: '*/*' })), parsesForms: true },
  { name: 'Express 4', start: startExpress(express4), parsesForms: false },
  {
    name: 'Express 4 after urlencoded',
    start: startExpress(express4, express4.urlencoded({ extended: false })),
    parsesForms: true,
  },
]

function startExpress(framework: typeof express, parser?: express.RequestHandler): Start {
  return (guard, handle, options) => {
    const app = framework()
    app.set('env', 'test')
    app.use((request, response, next) => {
      setFieldsBefore(request, response)
      next()
    })
    if (parser !== undefined) app.use(parser)
    const mayPass = expressGuard(guard, options)
    const router = framework.Router().all('/orders', mayPass, (request, response, next) => {
      const token = isPreflight(toGuardRequest(request)) ? undefined : mayPass.tokenOf(request)
      bodyOf(request).then((body) => response.end(handle(token, body)), next)
    })
    app.use('/v1', router)
    return listen(app)
  }
}
