/** Ours: `introspect()` from the cache, with every limit. */
import { createTokens } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'
import { checkByIntrospect } from './check-by-introspect.ts'
import { createWarmClient } from './warm-client.ts'

measureHits(async (endpoint) => {
  const tokens = createTokens()
  const { introspection, hits } = await createWarmClient(endpoint, tokens)
  return { tokens, check: checkByIntrospect(introspection), hits }
})
