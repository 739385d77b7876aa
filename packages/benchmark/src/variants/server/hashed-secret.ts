/** Ours, with a caller whose secret is registered as a PBKDF2 hash. */
import { pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { createIntrospectionHandler } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { AUDIENCE, CLIENT_ID, CLIENT_SECRET, createTokens, ISSUER } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createFilledStore } from './create-filled-store.ts'

function derive(secret: string): Buffer {
  return pbkdf2Sync(secret, 'salt of this benchmark', 100_000, 32, 'sha256')
}

serveRequests(async () => {
  const tokens = createTokens()
  const store = await createFilledStore(tokens)
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
