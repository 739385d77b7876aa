/** Ours: the fetch form behind a plain adapter with the global `Request` and `Response`, which cause most of the cost. */
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from './create-handler.ts'
import { plainAdapter } from './plain-adapter.ts'

serveRequests(async () => {
  const { introspection, tokens } = await createHandler()
  return { path: '/introspect', tokens, listener: plainAdapter(introspection) }
})
