/** Ours: `answer()` from the cache, with a feed of revocations in which nothing happens. */
import { createTokens } from '../../fixture.ts'
import { measureSyncHits } from '../../measure/hit-rounds.ts'
import { createFollowedClient } from './followed-client.ts'

measureSyncHits(async () => {
  const tokens = createTokens()
  const { introspection } = await createFollowedClient(tokens)
  return {
    tokens,
    hits: () => introspection.statistics().hits,
    check(header) {
      const answer = header.startsWith('Bearer ') ? introspection.answer(header.slice(7)) : undefined
      return answer instanceof Promise ? undefined : answer
    },
  }
})
