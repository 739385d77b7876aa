/** Ours in Fastify: `toFastifyPlugin`. */
import { toFastifyPlugin } from '@token-introspection/server/fastify'
import Fastify from 'fastify'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from './create-handler.ts'

serveRequests(async () => {
  const { introspection, tokens } = await createHandler()
  const app = Fastify()
  await app.register(toFastifyPlugin(introspection), { path: '/introspect' })
  await app.ready()
  return { path: '/introspect', tokens, listener: (request, response) => app.routing(request, response) }
})
