/** Ours: answers signed with RS256. No two answers are equal. */
import { toNodeHandler } from '@token-introspection/server/node'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createSigningHandler, JWT_MEDIA_TYPE } from './create-signing-handler.ts'

serveRequests(async () => {
  const { introspection, tokens } = await createSigningHandler('RS256')
  return { path: '/introspect', tokens, accept: JWT_MEDIA_TYPE, listener: toNodeHandler(introspection) }
})
