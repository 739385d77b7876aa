/** Ours: `answer()` from the cache, with a feed of 10,000 revocations a second. */
import { createTokens } from '../../fixture.ts'
import { measureSyncHits } from '../../measure/hit-rounds.ts'
import { createFollowedClient } from './followed-client.ts'

/** Events in one batch, which comes every five milliseconds. */
const BATCH = 50
const EVERY_MS = 5
/** How many calls there are between two looks at the clock. */
const LOOK_EVERY = 256

measureSyncHits(async () => {
  const tokens = createTokens()
  const { introspection, feed } = await createFollowedClient(tokens)
  let calls = 0
  let nextMs = performance.now()
  return {
    tokens,
    hits: () => introspection.statistics().hits,
    check(header) {
      if (calls++ % LOOK_EVERY === 0) {
        const now = performance.now()
        // After a pause between rounds the feed goes on from now.
        if (now - nextMs > 100) nextMs = now
        for (; nextMs <= now; nextMs += EVERY_MS) feed.append(BATCH)
      }
      const answer = header.startsWith('Bearer ') ? introspection.answer(header.slice(7)) : undefined
      return answer instanceof Promise ? undefined : answer
    },
  }
})
