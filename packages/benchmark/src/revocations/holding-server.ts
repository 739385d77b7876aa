/**
 * A server that holds many waiting responses: the followers of a feed, or as the control bare responses of `node:http`. It reports
 * its memory. Run it with `--expose-gc`.
 */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createMemoryTokenStore, createRevocationFeedHandler } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { CLIENT_ID, CLIENT_SECRET, ISSUER } from '../fixture.ts'
import { answerParent } from '../measure/answer-parent.ts'

/** What is held: a follower by a stream or by a long poll, or a bare response that has begun or has not. */
export type Held = 'event stream' | 'long poll' | 'bare, begun' | 'bare, not begun'

/** Octets in use after a garbage collection. */
export interface Memory {
  readonly heap: number
  readonly resident: number
}

const MAX_FOLLOWERS = 1_000_000
let connections = 0

answerParent({
  async start(held: Held): Promise<number> {
    const server = createServer(held.startsWith('bare') ? holdBare(held === 'bare, begun') : holdFollowers())
    server.keepAliveTimeout = 600_000
    server.requestTimeout = 0
    server.on('request', () => connections++)
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
  requests: () => connections,
  async memory(): Promise<Memory> {
    for (let round = 0; round < 6; round++) {
      globalThis.gc?.()
      await delay(50)
    }
    const { heapUsed: heap, rss: resident } = process.memoryUsage()
    return { heap, resident }
  },
})

function holdBare(begins: boolean): RequestListener {
  return (_request, response) => {
    if (!begins) return
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': connected\n\n')
  }
}

function holdFollowers(): RequestListener {
  const store = createMemoryTokenStore({ revocationLog: true })
  return toNodeHandler(
    createRevocationFeedHandler({
      issuer: ISSUER,
      store,
      clientAuthentication: { protectedResources: [{ id: CLIENT_ID, clientSecrets: [CLIENT_SECRET] }] },
      feed: { maxFollowers: MAX_FOLLOWERS, maxWaitSeconds: 300, maxStreamSeconds: 3600, heartbeatSeconds: 30 },
    }),
  )
}
