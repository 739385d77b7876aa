/** Ours: a guard whose answers come from the cache; it takes the header apart itself and judges audience and scope. */
import type { GuardRequest } from '@token-introspection/client'
import { AUDIENCE, createTokens } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'
import { createWarmClient } from './warm-client.ts'

/** The least that can be a request. */
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
