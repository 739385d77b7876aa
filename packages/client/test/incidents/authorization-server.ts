/** The authorization server of an incident, in a process of its own: introspection and the feed over a store in memory or Redis. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  type ReceiptedTokenStore,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { createRedisTokenStore } from '@token-introspection/server/redis'
import { answerParent } from '../../../benchmark/src/measure/answer-parent.ts'
import { API } from './api.ts'
import { microseconds } from './microseconds.ts'
import { openRedis } from './open-redis.ts'

/** How to start the server. */
export interface ServerSettings {
  /** 0 for a free port. */
  readonly port: number
  /** The good tokens. */
  readonly tokens: readonly string[]
  /** The store. Default: in memory. */
  readonly redis?: RedisPlace | undefined
}

/** Where a log in Redis is. */
export interface RedisPlace {
  readonly url: string
  readonly keyPrefix: string
}

const FLOOD_TICK_MS = 10

let store: ReceiptedTokenStore
const ended: string[] = []

async function save(tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    await store.save(token, { kind: 'access_token', client_id: 'web-shop', sub: token, aud: API.audience })
  }
}

answerParent({
  async start({ port, tokens, redis }: ServerSettings): Promise<number> {
    store = redis === undefined ? createMemoryTokenStore({ revocationLog: true }) : await onRedis(redis)
    await save(tokens)
    const issuer = 'https://as.example.com'
    const clientAuthentication = {
      protectedResources: [{ id: API.id, clientSecrets: [API.secret], audiences: [API.audience] }],
    }
    const introspect = toNodeHandler(createIntrospectionHandler({ issuer, clientAuthentication, lookup: { store } }))
    const feed = createRevocationFeedHandler({
      issuer,
      clientAuthentication,
      store,
      feed: { heartbeatSeconds: 1, maxUnsentBytes: 1_048_576 },
      onEvent: (event) => {
        if (event.type === 'followed' && event.ended !== undefined) ended.push(event.ended)
      },
    })
    const follow = toNodeHandler(feed)
    const server = createServer((request, response) =>
      request.url === '/introspect' ? introspect(request, response) : follow(request, response),
    )
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
  /** Saves tokens that the store has lost. */
  save,
  /** Revokes a token. Gives the moment at which that is done. */
  async revoke(token: string): Promise<number> {
    await store.revoke(token)
    return microseconds()
  },
  /** Revokes users whom no client knows, as evenly as it can. Gives how many events that were. */
  async flood({ perSecond, ms }: { readonly perSecond: number; readonly ms: number }): Promise<number> {
    let count = 0
    const perTick = Math.ceil((perSecond * FLOOD_TICK_MS) / 1000)
    for (const until = performance.now() + ms; performance.now() < until; ) {
      await Promise.all(Array.from({ length: perTick }, () => store.revokeSubject(`nobody ${count++}`)))
      await delay(FLOOD_TICK_MS)
    }
    return count
  },
  /** Why streams have ended so far. */
  endedStreams: () => ended,
})

async function onRedis({ url, keyPrefix }: RedisPlace): Promise<ReceiptedTokenStore> {
  return createRedisTokenStore({ client: await openRedis(url), keyPrefix, revocationLog: true })
}
