/** The yardstick with tokens as long as a JWT. */
import { measureSyncHits } from '../../measure/hit-rounds.ts'
import { createHandWrittenLookup } from './hand-written-lookup.ts'
import { createJwtLikeTokens } from './jwt-like-tokens.ts'

measureSyncHits(async () => {
  const tokens = createJwtLikeTokens()
  return { tokens, check: createHandWrittenLookup(tokens) }
})
