/** Ours: a guard whose answers come from the cache. It parses the header itself and checks audience and scope. */
import type { GuardRequest } from '@token-introspection/client'
import { AUDIENCE, createTokens } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'
import { createWarmClient } from './warm-client.ts'

/** The smallest possible request. */
class HeldRequest implements GuardRequest {
  readonly #authorization: string

  constructor(authorization: string) {
    this.#authorization = authorization
  }

  get headers(): GuardRequest['headers'] {
    return this
  }

  get(name: string): string | undefined {
    return name === 'authorization' ? this.#authorization : undefined
  }
}

measureHits(async (endpoint) => {
  const tokens = createTokens()
  const { introspection, hits } = await createWarmClient(endpoint, tokens)
  const mayRead = introspection.guard({ audience: AUDIENCE, scope: 'orders:read' })
  return {
    tokens,
    hits,
    async check(header) {
      const decision = await mayRead(new HeldRequest(header))
      return decision.allowed ? decision.token : undefined
    },
  }
})
