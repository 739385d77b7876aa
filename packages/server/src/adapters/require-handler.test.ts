import { expect, test } from 'vitest'
import { toExpressHandler } from './express.ts'
import { toFastifyPlugin } from './fastify.ts'
import { toKoaMiddleware } from './koa.ts'
import { toNodeHandler } from './node.ts'

const ADAPTERS = { toExpressHandler, toFastifyPlugin, toKoaMiddleware, toNodeHandler }

test.each(Object.entries(ADAPTERS))('%s refuses what is no handler when it is called', (_, adapt) => {
  for (const wrong of [undefined, null, {}, () => new Response(), { handle: 'a string' }]) {
    expect(() => adapt(wrong as never)).toThrow(/^handler: must be the handler that createIntrospectionHandler/)
  }
})
