/** A client that gets its answers within the process. Every token has an answer of its own, as long as a real one. */
import { hash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { clientSecretBasic, IntrospectionClient, type TransportReply } from '@token-introspection/client'
import { answerJson, CLIENT_ID, CLIENT_SECRET, ISSUER } from '../../fixture.ts'
import type { BenchFeed } from './bench-feed.ts'
import { CACHE_SECONDS } from './warm-client.ts'

/** A client and its counter. */
export interface FilledClient {
  readonly introspection: IntrospectionClient
  /** The number of requests so far. */
  readonly requests: () => number
}

/** An opaque token of 43 characters. `createHash` would leave objects behind that take long to collect. */
export function tokenAt(index: number): string {
  return hash('sha256', `token ${index}`, 'base64url')
}

/**
 * Creates a client whose cache holds `maxEntries` answers, and introspects `tokenCount` tokens.
 *
 * @param feed - the feed of revocations that the client follows.
 */
export async function createFilledClient(
  maxEntries: number,
  tokenCount = maxEntries,
  feed?: BenchFeed,
): Promise<FilledClient> {
  let requests = 0
  const introspection = new IntrospectionClient({
    endpoint: `${ISSUER}/introspect`,
    clientAuthentication: clientSecretBasic(CLIENT_ID, CLIENT_SECRET),
    cache: { maxAgeSeconds: CACHE_SECONDS, maxEntries },
    revocations: feed?.follower,
    transport: {
      async send({ body: form }) {
        const answer = answerOf(requests++)
        const body = Buffer.from(JSON.stringify({ ...answer, ...feed?.membersFor(String(form)) }))
        // Like a network, it answers in a later turn. Calls that come meanwhile find an open request.
        await new Promise((resolve) => setImmediate(resolve))
        return { ...REPLY, body }
      },
    },
  })
  if (feed !== undefined) {
    await introspection.introspect('the first call begins to follow')
    while (introspection.statistics().feed?.position === undefined) await setTimeout(1)
    await introspection.forget('the first call begins to follow')
  }
  for (let index = 0; index < tokenCount; index++) {
    const { active } = await introspection.introspect(tokenAt(index))
    if (!active) throw new Error('unexpected answer')
  }
  if (introspection.statistics().entries !== tokenCount) throw new Error('not every answer was kept')
  return { introspection, requests: () => requests }
}

const REPLY: Omit<TransportReply, 'body'> = {
  status: 200,
  header: (name) => (name === 'content-type' ? 'application/json' : undefined),
}

const usual = JSON.parse(answerJson()) as { readonly exp: number }

/** `sub`, `jti` and `exp` differ per token but not in length. The other members are the same for all. */
function answerOf(index: number): object {
  const digits = index.toString(16).padStart(8, '0')
  const own = { sub: `user-${digits}`, jti: `${digits}-5d7e`, exp: usual.exp + (index % 3600) }
  return { ...usual, ...own }
}
