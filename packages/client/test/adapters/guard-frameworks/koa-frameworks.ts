/** Koa 3 and Koa 2, alone and after a body parser. */
import { createRequire } from 'node:module'
import { parse } from 'node:querystring'
import { text } from 'node:stream/consumers'
import { type AuthState, koaGuard } from '@token-introspection/client/koa'
import Koa from 'koa'
import { bodyOf } from './body-of.ts'
import { ASKED_FOR, fieldsBefore } from './fields-before.ts'
import type { GuardedFramework, Start } from './guarded-framework.ts'
import { listen } from './listen.ts'

// The alias has no types. The functions that these tests call are the same in both versions.
const koa2 = createRequire(import.meta.url)('koa2') as typeof Koa

export const koaFrameworks: readonly GuardedFramework[] = [
  { name: 'Koa', start: startKoa(Koa), parsesForms: false },
  { name: 'Koa 2', start: startKoa(koa2), parsesForms: false },
  { name: 'Koa 2 after a body parser', start: startKoa(koa2, parseForm), parsesForms: true },
  { name: 'Koa after a body parser', start: startKoa(Koa, parseForm), parsesForms: true },
]

function startKoa(framework: typeof Koa, parser?: Koa.Middleware): Start {
  return (guard, handle, options) => {
    const app = new framework<AuthState>()
    app.silent = true
    app.use((context, next) => {
      context.set(fieldsBefore(context.get(ASKED_FOR) || undefined))
      return next()
    })
    if (parser !== undefined) app.use(parser)
    app.use(koaGuard(guard, options))
    app.use(async (context) => {
      context.body = handle(context.state.auth, await bodyOf(context.req))
    })
    const listener = app.callback()
    return listen((request, response) => void listener(request, response))
  }
}

async function parseForm(context: Koa.Context, next: Koa.Next): Promise<void> {
  Object.assign(context.request, { body: parse(await text(context.req)) })
  await next()
}
