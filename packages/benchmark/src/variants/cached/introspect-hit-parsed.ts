/** Ours: `introspect()` from the cache, after the header was parsed by its grammar, as a guard does. */
import { parseAuthorization } from '@token-introspection/core'
import { createTokens } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'
import { createWarmClient } from './warm-client.ts'

measureHits(async (endpoint) => {
  const tokens = createTokens()
  const { introspection, hits } = await createWarmClient(endpoint, tokens)
  return {
    tokens,
    hits,
    async check(header) {
      const credentials = parseAuthorization(header)
      return credentials?.scheme === 'bearer' ? introspection.introspect(credentials.token) : undefined
    },
  }
})
