/** Ours, with a caller whose secret is registered as a PBKDF2 hash. */
import { pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import {
  answerMembers,
  AUDIENCE,
  CLIENT_ID,
  CLIENT_SECRET,
  createTokens,
  EXTENSION_CLAIMS,
  ISSUER,
} from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'

function derive(secret: string): Buffer {
  return pbkdf2Sync(secret, 'salt of this benchmark', 100_000, 32, 'sha256')
}

serveRequests(async () => {
  const store = createMemoryTokenStore()
  const tokens = createTokens()
  for (const token of tokens) {
    await store.save(token, { kind: 'access_token', ...answerMembers(), claims: EXTENSION_CLAIMS })
  }
  const introspection = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      protectedResources: [
        { id: CLIENT_ID, clientSecrets: [derive(CLIENT_SECRET).toString('hex')], audiences: [AUDIENCE] },
      ],
      verifySecret: (presented, registered) => timingSafeEqual(derive(presented), Buffer.from(registered, 'hex')),
    },
    lookup: { store },
  })
  return { path: '/introspect', tokens, listener: toNodeHandler(introspection) }
})
