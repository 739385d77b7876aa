/** Fastify 5 and Fastify 4, with the guard as a hook and by the plugin. */
import { createRequire } from 'node:module'
import type { OptionalGuard } from '@token-introspection/client'
import { fastifyGuard, tokenGuards } from '@token-introspection/client/fastify'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { bodyOf } from './body-of.ts'
import type { GuardedFramework, Start, StartOptions } from './guarded-framework.ts'
import { prepareFastify } from './prepare-fastify.ts'

// The alias has no types. The functions that these tests call are the same in both versions.
const fastify4 = createRequire(import.meta.url)('fastify4') as typeof Fastify

export const fastifyFrameworks: readonly GuardedFramework[] = [
  {
    name: 'Fastify by a hook',
    start: startFastify(
      (scope, guard, route, options) => scope.all('/orders', { onRequest: fastifyGuard(guard, options) }, route),
      false,
    ),
    parsesForms: false,
  },
  {
    name: 'Fastify by a hook after a form parser',
    start: startFastify(
      (scope, guard, route, options) => scope.all('/orders', { preValidation: fastifyGuard(guard, options) }, route),
      true,
    ),
    parsesForms: true,
  },
  {
    name: 'Fastify by config',
    start: startFastify((scope, auth, route, options) => {
      void scope.register(tokenGuards, options)
      scope.all('/orders', { config: { auth } }, route)
    }, false),
    parsesForms: false,
  },
  {
    name: 'Fastify by a guard of all routes',
    start: startFastify((scope, guard, route, options) => {
      void scope.register(tokenGuards, { ...options, guard, hook: 'preValidation' })
      scope.all('/orders', route)
    }, true),
    parsesForms: true,
  },
  {
    name: 'Fastify 4 by a hook',
    start: startFastify(
      (scope, guard, route, options) => scope.all('/orders', { onRequest: fastifyGuard(guard, options) }, route),
      false,
      fastify4,
    ),
    parsesForms: false,
  },
  {
    name: 'Fastify 4 by config',
    start: startFastify(
      (scope, auth, route, options) => {
        void scope.register(tokenGuards, options)
        scope.all('/orders', { config: { auth } }, route)
      },
      false,
      fastify4,
    ),
    parsesForms: false,
  },
]

type Mount = (app: FastifyInstance, guard: OptionalGuard, route: FastifyRoute, options: StartOptions) => unknown
type FastifyRoute = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

function startFastify(mount: Mount, parsesForms: boolean, framework = Fastify): Start {
  return async (guard, handle, options = {}) => {
    const app = framework()
    prepareFastify(app, parsesForms)
    const route: FastifyRoute = async (request, reply) => reply.send(handle(request.auth, await bodyOf(request.raw)))
    await app.register(
      (scope, _, done) => {
        mount(scope, guard, route, options)
        done()
      },
      { prefix: '/v1' },
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { server: app.server, stop: () => app.close() }
  }
}
