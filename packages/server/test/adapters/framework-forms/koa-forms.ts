/** Koa 3 and Koa 2, alone and after a parser. */
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { toKoaMiddleware } from '../../../src/adapters/koa.ts'
import type { HttpHandler } from '../../../src/index.ts'
import { listen } from '../../path/forms.ts'
import type { Exceptions, FrameworkForm } from './framework-form.ts'

// The alias has no types. The parts used here are the same in both versions.
const koa2 = createRequire(import.meta.url)('koa2') as typeof Koa

// This parser also keeps the text, so only bodies that it refuses, or that are not UTF-8, differ.
const KOA_BODYPARSER: Exceptions = {
  'a compressed body': 500,
  'a body compressed twice': 415,
  'a body that says it is not compressed': 415,
  'a body over the cap without a length': 413,
  'a hundred thousand parameters': 413,
  'octets that are not UTF-8': 200,
}

export const koaForms: readonly FrameworkForm[] = [
  { name: 'Koa', bare: true, start: startKoa(() => undefined) },
  { name: 'Koa 2', bare: true, start: startKoa(() => undefined, koa2) },
  { name: 'Koa after koa-bodyparser', start: startKoa((app) => app.use(bodyParser())), exceptions: KOA_BODYPARSER },
]

export function startKoa(prepare: (app: Koa) => void, framework = Koa) {
  return (handler: HttpHandler): Promise<Server> => {
    const app = new framework()
    app.silent = true
    prepare(app)
    app.use(toKoaMiddleware(handler))
    const listener = app.callback()
    // The parser of Koa leaves a large body unread, so only this timeout notices that the sender has disconnected.
    const timeouts = { keepAliveTimeout: 2000, keepAliveTimeoutBuffer: 0 }
    return listen((request, response) => void listener(request, response), timeouts)
  }
}
