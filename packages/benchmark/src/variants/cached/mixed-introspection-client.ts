/** Ours: `introspect()` with a cache, one token in a hundred never seen before. */
import { createTokens } from '../../fixture.ts'
import { measureCalls } from '../../measure/call-rounds.ts'
import { mixedTokens } from './mixed-tokens.ts'
import { createWarmClient } from './warm-client.ts'

measureCalls(async (endpoint) => {
  const { introspection } = await createWarmClient(endpoint, createTokens())
  return (token) => introspection.introspect(token)
}, mixedTokens())
