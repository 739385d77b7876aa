/** The yardstick: scheme, digest, `Map.get` and the clock, without a promise. */
import { createTokens } from '../../fixture.ts'
import { measureSyncHits } from '../../measure/hit-rounds.ts'
import { createHandWrittenLookup } from './hand-written-lookup.ts'

measureSyncHits(async () => {
  const tokens = createTokens()
  return { tokens, check: createHandWrittenLookup(tokens) }
})
