/** Express 5 and Express 4, alone and after their parsers. */
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import express, { type Application } from 'express'
import { toExpressHandler } from '../../../src/adapters/express.ts'
import type { HttpHandler } from '../../../src/index.ts'
import { listen } from '../../path/forms.ts'
import type { Exceptions, FrameworkForm } from './framework-form.ts'

// The alias has no types. The parts used here are the same in both versions.
const express4 = createRequire(import.meta.url)('express4') as typeof express

export type PrepareExpress = (app: Application, framework: typeof express) => void

// These parsers refuse bodies that they cannot inflate or find too large, and accept broken ones.
export const EXPRESS_PARSERS: Exceptions = {
  'a compressed body': 400,
  'a body compressed twice': 415,
  'a body over the cap without a length': 413,
  'a hundred thousand parameters': 413,
  'octets that are not UTF-8': 200,
  'escapes that are not UTF-8': 200,
  'a broken escape in the token': 200,
  'a broken escape in another parameter': 200,
}

export const expressForms: readonly FrameworkForm[] = [
  { name: 'Express 5', bare: true, start: startExpress5(() => undefined) },
  {
    name: 'Express 5 after its parsers',
    start: startExpress5(addParsers),
    exceptions: EXPRESS_PARSERS,
  },
  { name: 'Express 4', bare: true, start: startExpress4(() => undefined) },
  {
    name: 'Express 4 after its parsers',
    start: startExpress4(addParsers),
    exceptions: EXPRESS_PARSERS,
  },
]

export function startExpress5(prepare: PrepareExpress): FrameworkForm['start'] {
  return startExpress(express, prepare)
}

export function startExpress4(prepare: PrepareExpress): FrameworkForm['start'] {
  return startExpress(express4, prepare)
}

function startExpress(framework: typeof express, prepare: PrepareExpress) {
  return (handler: HttpHandler): Promise<Server> => {
    const app = framework()
    app.disable('x-powered-by')
    prepare(app, framework)
    app.all('/introspect', toExpressHandler(handler))
    app.use('/oauth2', framework.Router().all('/introspect', toExpressHandler(handler)))
    // Without this setting Express would print the errors of its parsers.
    app.set('env', 'test')
    return listen(app)
  }
}

function addParsers(app: Application, framework: typeof express): void {
  app.use(framework.json(), framework.urlencoded({ extended: true }))
}
