import { clientSecretBasic, type TransportOptions } from '@token-introspection/client'
import {
  connectFollower,
  followFeed,
  relayRevocations,
  type RevocationConnection,
} from '@token-introspection/client/revocations'
import type { RevocationEvent, RevocationSource } from '@token-introspection/core/revocations'
import { createMemoryTokenStore, createRevocationFeedHandler } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { type FollowedFeed, revocationFollowerContract } from '@token-introspection/testing'
import { describe, onTestFinished, test } from 'vitest'
import { type FeedServer, type FeedServerOptions, serveFeed } from '../feed/feed-server.ts'
import { serveListener } from '../loopback-server.ts'

const issuer = 'https://as.example.com'
const clientAuthentication = clientSecretBasic('api', 's3cr3t')

async function start(options?: FeedServerOptions): Promise<FeedServer> {
  const server = await serveFeed({ pageEvents: 1000, ...options })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

function toFeed(server: FeedServer, connection: RevocationConnection, hasOutages = true): FollowedFeed {
  onTestFinished(async () => connection.close?.())
  return {
    connection,
    revoke: (count) => Promise.resolve(server.revoke(count)),
    ...(hasOutages && {
      interrupt: () => Promise.resolve(server.interrupt()),
      restore: () => Promise.resolve(server.answerWith(undefined)),
    }),
    open: () => server.waiting,
  }
}

function overHttp(transport: TransportOptions = {}, options?: FeedServerOptions) {
  return async (): Promise<FollowedFeed> => {
    const server = await start(options)
    const connection = connectFollower(followFeed({ url: server.url }), {
      issuer,
      clientAuthentication,
      transport: { allowHttpOnLoopback: true, ...transport },
    })
    return toFeed(server, connection)
  }
}

/** Reads a source as followers of its feed do. */
function connectSource(source: RevocationSource & { close(): Promise<void> }): RevocationConnection {
  async function listen(
    after: string,
    onEvents: (events: readonly RevocationEvent[]) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    let wake: (() => void) | undefined
    let position = after
    const stop = source.onAppended(() => wake?.())
    const abort = (): void => wake?.()
    signal.addEventListener('abort', abort)
    try {
      while (!signal.aborted) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        const page = await source.readAfter(position, 1000)
        if (page.gap) return
        if (page.events.length > 0 && !onEvents(page.events)) return
        position = page.position
        if (page.events.length === 0) await woken
      }
    } finally {
      stop()
      signal.removeEventListener('abort', abort)
    }
  }
  const closing = new AbortController()
  return {
    ask: async (after, signal) => {
      signal.throwIfAborted()
      return source.readAfter(after, 1000)
    },
    listen: (after, onEvents, signal) => listen(after, onEvents, AbortSignal.any([signal, closing.signal])),
    async close() {
      closing.abort()
      await source.close()
    },
  }
}

async function overRelay(): Promise<FollowedFeed> {
  const server = await start()
  const relay = relayRevocations(followFeed({ url: server.url }), {
    issuer,
    clientAuthentication,
    transport: { allowHttpOnLoopback: true },
  })
  // Its listeners stay while its own feed is away, so it has no outages here.
  return toFeed(server, connectSource(relay), false)
}

type Feed = { readonly store: ReturnType<typeof createLoggingStore> } | { readonly source: RevocationSource }

function createLoggingStore() {
  return createMemoryTokenStore({ revocationLog: true })
}

/** Serves a feed with the endpoint of our server, and follows it over HTTP. */
async function followServed(feed: Feed) {
  const protectedResources = [{ id: 'api', clientSecrets: ['s3cr3t'] }]
  const handler = createRevocationFeedHandler({ ...feed, clientAuthentication: { protectedResources } })
  const server = await serveListener(toNodeHandler(handler))
  const follower = followFeed({ url: `${server.origin}/revocations` })
  const reach = { issuer, clientAuthentication, transport: { allowHttpOnLoopback: true } }
  const connection = connectFollower(follower, reach)
  onTestFinished(async () => {
    await connection.close()
    handler.close()
    await server[Symbol.asyncDispose]()
  })
  return { connection, follower, reach }
}

/** The store of an authorization server, its feed, and as many relays between it and the follower. */
function overServer(relays: number) {
  return async (): Promise<FollowedFeed> => {
    const store = createLoggingStore()
    let served = await followServed({ store })
    for (let count = 0; count < relays; count++) {
      const relay = relayRevocations(served.follower, served.reach)
      onTestFinished(() => relay.close())
      served = await followServed({ source: relay })
    }
    return {
      connection: served.connection,
      async revoke(count) {
        for (let index = 0; index < count; index++) await store.revokeGrant(crypto.randomUUID())
      },
    }
  }
}

const ways: readonly [string, () => Promise<FollowedFeed>][] = [
  ['an event stream over undici', overHttp()],
  ['an event stream over fetch', overHttp({ fetch: (url, init) => fetch(url, init) })],
  ['long polls', overHttp({}, { streams: false })],
  ['a relay', overRelay],
  ['the endpoint of our server', overServer(0)],
  ['a relay and the endpoint of our server', overServer(1)],
]

describe.each(ways)('a follower over %s', (_, connect) => {
  for (const { title, run } of revocationFollowerContract()) test(title, async () => run(await connect()))
})
