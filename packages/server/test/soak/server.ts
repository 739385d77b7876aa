/** The endpoint in a process of its own, which reports what it holds. Run it with `--expose-gc`. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { createIntrospectionHandler, createMemoryTokenStore } from '../../src/index.ts'
import { AUDIENCE, PROTECTED_RESOURCE, SECRET, TOKEN } from './requests.ts'

/** What the process holds. */
export interface Holdings {
  /** The number of open connections. */
  readonly connections: number
  /** The number of handles and requests that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** Octets in use after garbage collection. */
  readonly heapBytes: number
  /** The number of answered requests, by event. */
  readonly events: Readonly<Record<string, number>>
}

/** Messages of the process: first its port, then its holdings in reply to each message. */
export type ServerMessage = { readonly port: number } | Holdings

const store = createMemoryTokenStore()
await store.save(TOKEN, {
  kind: 'access_token',
  sub: 'alice',
  aud: AUDIENCE,
  exp: Math.floor(Date.now() / 1000) + 86_400,
})

const events: Record<string, number> = {}
const handler = createIntrospectionHandler({
  issuer: 'https://as.example.com',
  clientAuthentication: {
    protectedResources: [{ id: PROTECTED_RESOURCE, clientSecrets: [SECRET], audiences: [AUDIENCE] }],
  },
  lookup: { store },
  onEvent(event) {
    const kind = 'status' in event ? `${event.type} ${event.status}` : event.type
    events[kind] = (events[kind] ?? 0) + 1
  },
})

const server = createServer(toNodeHandler(handler))

/** Collects in several rounds, because compiled code and handles that close late are not freed at once. */
async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('the server needs --expose-gc')
  let least = Number.POSITIVE_INFINITY
  for (let quiet = 0; quiet < 8; quiet++) {
    globalThis.gc()
    await sleep(25)
    const { heapUsed } = process.memoryUsage()
    if (heapUsed < least - 10_000) quiet = 0
    least = Math.min(least, heapUsed)
  }
}

async function lookAtHoldings(): Promise<Holdings> {
  await collectGarbage()
  const connections = await new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  return { connections, resources, heapBytes: process.memoryUsage().heapUsed, events }
}

function say(message: ServerMessage): void {
  process.send?.(message)
}

process.on('message', () => void lookAtHoldings().then(say))
server.listen(0, '127.0.0.1', () => say({ port: (server.address() as AddressInfo).port }))
