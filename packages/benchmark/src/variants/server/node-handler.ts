/** Ours: `createIntrospectionHandler` behind `toNodeHandler`. */
import { toNodeHandler } from '@token-introspection/server/node'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from './create-handler.ts'

serveRequests(async () => {
  const { introspection, tokens } = await createHandler()
  return { path: '/introspect', tokens, listener: toNodeHandler(introspection) }
})
