/** Ours: `introspect()` from the cache, with tokens as long as a JWT. */
import { measureHits } from '../../measure/hit-rounds.ts'
import { checkByIntrospect } from './check-by-introspect.ts'
import { createJwtLikeTokens } from './jwt-like-tokens.ts'
import { createWarmClient } from './warm-client.ts'

measureHits(async (endpoint) => {
  const tokens = createJwtLikeTokens()
  const { introspection, hits } = await createWarmClient(endpoint, tokens)
  return { tokens, check: checkByIntrospect(introspection), hits }
})
