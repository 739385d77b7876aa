/** Our client with a feed of revocations, and an answer about every token in its cache. */
import { setTimeout } from 'node:timers/promises'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { answerJson, CLIENT_ID, CLIENT_SECRET, ISSUER } from '../../fixture.ts'
import { createBenchFeed } from './bench-feed.ts'
import { CACHE_SECONDS } from './warm-client.ts'

/** Creates the client, waits until it follows, and introspects each token once. */
export async function createFollowedClient(tokens: readonly string[]) {
  const feed = createBenchFeed()
  const answer = JSON.parse(answerJson()) as object
  const introspection = new IntrospectionClient({
    endpoint: `${ISSUER}/introspect`,
    clientAuthentication: clientSecretBasic(CLIENT_ID, CLIENT_SECRET),
    cache: { maxAgeSeconds: CACHE_SECONDS, maxEntries: 2 * tokens.length },
    revocations: feed.follower,
    transport: {
      send: ({ body }) =>
        Promise.resolve({
          status: 200,
          header: (name) => (name === 'content-type' ? 'application/json' : undefined),
          body: Buffer.from(JSON.stringify({ ...answer, ...feed.membersFor(String(body)) })),
        }),
    },
  })
  await introspection.introspect('the first call begins to follow')
  while (introspection.statistics().feed?.position === undefined) await setTimeout(1)
  for (const token of tokens) await introspection.introspect(token)
  return { introspection, feed }
}
