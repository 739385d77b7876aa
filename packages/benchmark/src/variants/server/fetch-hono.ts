/** Ours: the fetch form behind `@hono/node-server`, whose `Request` and `Response` are lighter than the global ones. */
import { getRequestListener } from '@hono/node-server'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from './create-handler.ts'

serveRequests(async () => {
  const { introspection, tokens } = await createHandler()
  const listener = getRequestListener((request) => introspection(request))
  return { path: '/introspect', tokens, listener: (request, response) => void listener(request, response) }
})
