/** The yardstick behind a promise, which every interface that may ask a server must return. */
import { createTokens } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'
import { createHandWrittenLookup } from './hand-written-lookup.ts'

measureHits(async () => {
  const tokens = createTokens()
  const lookUp = createHandWrittenLookup(tokens)
  return { tokens, check: async (header) => lookUp(header) }
})
