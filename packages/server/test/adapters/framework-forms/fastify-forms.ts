/** Fastify 5 and Fastify 4, and Fastify beside a parser. */
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import formBody from '@fastify/formbody'
import Fastify, { type FastifyInstance } from 'fastify'
import { toFastifyPlugin } from '../../../src/adapters/fastify.ts'
import type { HttpHandler } from '../../../src/index.ts'
import { whenDone } from '../../path/when-done.ts'
import type { FrameworkForm } from './framework-form.ts'

// The alias has no types. The parts used here are the same in both versions.
const fastify4 = createRequire(import.meta.url)('fastify4') as typeof Fastify

export const fastifyForms: readonly FrameworkForm[] = [
  { name: 'Fastify', bare: true, start: startFastify(() => undefined) },
  { name: 'Fastify 4', bare: true, start: startFastify(() => undefined, fastify4) },
  { name: 'Fastify beside @fastify/formbody', bare: true, start: startFastify((app) => app.register(formBody)) },
]

export function startFastify(prepare: (app: FastifyInstance) => unknown, framework = Fastify) {
  return async (handler: HttpHandler): Promise<Server> => {
    const app = framework()
    whenDone(() => app.close())
    await prepare(app)
    await app.register(toFastifyPlugin(handler), { path: '/introspect' })
    await app.register(toFastifyPlugin(handler), { prefix: '/oauth2', path: '/introspect/' })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  }
}
