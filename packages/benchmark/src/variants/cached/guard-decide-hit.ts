/** Ours: a guard that gives its decision at once, with answers from the cache. */
import { AUDIENCE, createTokens } from '../../fixture.ts'
import { measureSyncHits } from '../../measure/hit-rounds.ts'
import { HeldRequest } from './held-request.ts'
import { createWarmClient } from './warm-client.ts'

measureSyncHits(async (endpoint) => {
  const tokens = createTokens()
  const { introspection, hits } = await createWarmClient(endpoint, tokens)
  const mayRead = introspection.guard({ audience: AUDIENCE, scope: 'orders:read' })
  return {
    tokens,
    hits,
    check(header) {
      const decision = mayRead.decide(new HeldRequest(header))
      return !(decision instanceof Promise) && decision.allowed ? decision.token : undefined
    },
  }
})
