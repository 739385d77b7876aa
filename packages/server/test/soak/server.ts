/** The endpoint in a process of its own, which says what it holds when it is asked. Run with `--expose-gc`. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { createIntrospectionHandler, createMemoryTokenStore } from '../../src/index.ts'
import { AUDIENCE, PROTECTED_RESOURCE, SECRET, TOKEN } from './requests.ts'

/** What a process holds. */
export interface Holdings {
  /** Connections the server has open. */
  readonly connections: number
  /** Handles and requests that keep the process busy, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** Octets in use after garbage was collected. */
  readonly heapBytes: number
  /** How many requests the handler has answered, by what it reported. */
  readonly events: Readonly<Record<string, number>>
}

/** What the process says: first its port, then its holdings whenever it is sent something. */
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

/** Until there is no more of it: what is compiled and what closes late goes away in several rounds. */
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
