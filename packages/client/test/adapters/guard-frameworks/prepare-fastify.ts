/** Prepares a Fastify application: fields before the guard, and bodies that stay unread, apart from parsed forms. */
import { parse } from 'node:querystring'
import type { FastifyInstance } from 'fastify'
import { ASKED_FOR, fieldsBefore } from './fields-before.ts'

export function prepareFastify(app: FastifyInstance, parsesForms: boolean): void {
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.headers(fieldsBefore(headers[ASKED_FOR] as string | undefined))
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_, payload, done) => done(null, payload))
  if (!parsesForms) return
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, parse(body as string)),
  )
}
