/** Ours: `introspect()` from the cache of a client that accepts only signed answers. It verified them when they came. */
import type { TransportReply } from '@token-introspection/client'
import { createTokens, ISSUER } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'
import { checkByIntrospect } from './check-by-introspect.ts'
import { SIGNED_ALG, SIGNED_TYP, signAnswer } from './sign-answer.ts'
import { createWarmClient } from './warm-client.ts'

measureHits(async () => {
  const tokens = createTokens()
  const { jwt, jwks } = await signAnswer()
  const reply: TransportReply = {
    status: 200,
    header: (name) => (name === 'content-type' ? `application/${SIGNED_TYP}` : undefined),
    body: Buffer.from(jwt),
  }
  const { introspection, hits } = await createWarmClient(`${ISSUER}/introspect`, tokens, {
    issuer: ISSUER,
    transport: { send: () => Promise.resolve(reply) },
    response: { jwt: { algorithms: [SIGNED_ALG], jwks, maxAgeSeconds: 600 } },
  })
  return { tokens, check: checkByIntrospect(introspection), hits }
})
