/** Our client with an answer about every token in its cache. The variants of hits share it. */
import { clientSecretBasic, IntrospectionClient, type IntrospectionClientOptions } from '@token-introspection/client'
import { assertAnswer, CLIENT_ID, CLIENT_SECRET } from '../../fixture.ts'

/** Longer than every run. */
export const CACHE_SECONDS = 3600

/** A client and the hit counter of its cache. */
export interface WarmClient {
  readonly introspection: IntrospectionClient
  readonly hits: () => number
}

/** Creates the client and introspects each token once. */
export async function createWarmClient(
  endpoint: string,
  tokens: readonly string[],
  options: Partial<IntrospectionClientOptions> = {},
): Promise<WarmClient> {
  const introspection = new IntrospectionClient({
    endpoint,
    clientAuthentication: clientSecretBasic(CLIENT_ID, CLIENT_SECRET),
    cache: { maxAgeSeconds: CACHE_SECONDS, maxEntries: 2 * tokens.length },
    transport: { allowHttpOnLoopback: true },
    ...options,
  })
  for (const token of tokens) assertAnswer(await introspection.introspect(token))
  return { introspection, hits: () => introspection.statistics().hits }
}
