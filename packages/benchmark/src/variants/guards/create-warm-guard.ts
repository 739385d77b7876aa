/** A guard whose client has an answer about every token in its cache. The answers came from within the process. */
import { clientSecretBasic, type Guard, IntrospectionClient } from '@token-introspection/client'
import { answerJson, assertAnswer, AUDIENCE, CLIENT_ID, CLIENT_SECRET, createTokens, ISSUER } from '../../fixture.ts'
import { CACHE_SECONDS } from '../cached/warm-client.ts'

/** A guard, and the tokens that it allows. */
export interface WarmGuard {
  readonly guard: Guard
  readonly tokens: readonly string[]
}

/** Creates the guard and introspects each token twice: the first hit judges the answer, and later ones use the result. */
export async function createWarmGuard(): Promise<WarmGuard> {
  const tokens = createTokens()
  const body = Buffer.from(answerJson())
  const introspection = new IntrospectionClient({
    endpoint: `${ISSUER}/introspect`,
    clientAuthentication: clientSecretBasic(CLIENT_ID, CLIENT_SECRET),
    cache: { maxAgeSeconds: CACHE_SECONDS, maxEntries: 2 * tokens.length },
    transport: { send: () => Promise.resolve({ status: 200, header: headerOf, body }) },
  })
  for (const token of [...tokens, ...tokens]) assertAnswer(await introspection.introspect(token))
  return { guard: introspection.guard({ audience: AUDIENCE, scope: 'orders:read' }), tokens }
}

function headerOf(name: string): string | undefined {
  return name === 'content-type' ? 'application/json' : undefined
}
