/** Ours: `introspect()` with a cache. One token in a hundred is new. */
import { createTokens } from '../../fixture.ts'
import { measureCalls } from '../../measure/call-rounds.ts'
import { mixedTokens } from './mixed-tokens.ts'
import { createWarmClient } from './warm-client.ts'

measureCalls(async (endpoint) => {
  const { introspection } = await createWarmClient(endpoint, createTokens())
  return (token) => introspection.introspect(token)
}, mixedTokens())
