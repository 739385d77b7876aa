/** Ours: a guard whose answers come from the cache. It parses the header itself and checks audience and scope. */
import { AUDIENCE, createTokens } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'
import { HeldRequest } from './held-request.ts'
import { createWarmClient } from './warm-client.ts'

measureHits(async (endpoint) => {
  const tokens = createTokens()
  const { introspection, hits } = await createWarmClient(endpoint, tokens)
  const mayRead = introspection.guard({ audience: AUDIENCE, scope: 'orders:read' })
  return {
    tokens,
    hits,
    async check(header) {
      const decision = await mayRead(new HeldRequest(header))
      return decision.allowed ? decision.token : undefined
    },
  }
})
