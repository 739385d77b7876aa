/** Ours: `answer()` from the cache, which gives the answer at once as the yardstick does. */
import { createTokens } from '../../fixture.ts'
import { measureSyncHits } from '../../measure/hit-rounds.ts'
import { createWarmClient } from './warm-client.ts'

measureSyncHits(async (endpoint) => {
  const tokens = createTokens()
  const { introspection, hits } = await createWarmClient(endpoint, tokens)
  return {
    tokens,
    hits,
    check(header) {
      const answer = header.startsWith('Bearer ') ? introspection.answer(header.slice(7)) : undefined
      return answer instanceof Promise ? undefined : answer
    },
  }
})
