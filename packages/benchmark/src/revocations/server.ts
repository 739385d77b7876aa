/** The authorization server of the run: introspection and the feed of revocations over one log in memory. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  type ReceiptedTokenStore,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { createRedisTokenStore } from '@token-introspection/server/redis'
import { createClient } from 'redis'
import { answerMembers, AUDIENCE, CLIENT_ID, CLIENT_SECRET, EXTENSION_CLAIMS, ISSUER } from '../fixture.ts'
import { answerParent } from '../measure/answer-parent.ts'
import { PING, type Place, type RedisPlace, type ServerPorts, tokensOf } from './tokens.ts'

let store: ReceiptedTokenStore
const pinged = new Set<Socket>()

answerParent({
  async start({ port, feed, clients, redis }: Place): Promise<ServerPorts> {
    store = redis === undefined ? createMemoryTokenStore({ revocationLog: true }) : await createRedisStore(redis)
    const record = { kind: 'access_token', ...answerMembers(), claims: EXTENSION_CLAIMS } as const
    await Promise.all(tokensOf(clients).map((token) => store.save(token, record)))
    const clientAuthentication = {
      protectedResources: [{ id: CLIENT_ID, clientSecrets: [CLIENT_SECRET], audiences: [AUDIENCE] }],
    }
    const introspection = createIntrospectionHandler({ issuer: ISSUER, clientAuthentication, lookup: { store } })
    const handleIntrospection = toNodeHandler(introspection)
    const handleFeed = toNodeHandler(createRevocationFeedHandler({ issuer: ISSUER, clientAuthentication, store }))
    const server = createServer((request, response) => {
      if (request.url === '/introspect') return handleIntrospection(request, response)
      // A server that cannot stream answers with a page as soon as there is an event.
      if (feed === 'long poll') request.headers.accept = 'application/json'
      handleFeed(request, response)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const pingServer = createSocketServer({ noDelay: true }, keepForPings)
    pingServer.listen(0, '127.0.0.1')
    await once(pingServer, 'listening')
    const [own, ping] = [server, pingServer].map((each) => (each.address() as AddressInfo).port)
    return { port: own as number, pingPort: ping as number, pid: process.pid }
  },
  /** Revokes one token. Gives the time at the call, on the clock that every process of the computer shares. */
  async revoke(token: string) {
    const at = process.hrtime.bigint()
    await store.revoke(token)
    return String(at)
  },
  /** The control: one octet to every client, which asks for another one. */
  ping() {
    const at = process.hrtime.bigint()
    for (const socket of pinged) socket.write(Uint8Array.of(PING.news))
    return String(at)
  },
})

function keepForPings(socket: Socket): void {
  pinged.add(socket)
  socket.on('data', () => socket.write(Uint8Array.of(PING.answer)))
  socket.on('error', () => undefined)
  socket.on('close', () => pinged.delete(socket))
}

async function createRedisStore({ url, keyPrefix }: RedisPlace): Promise<ReceiptedTokenStore> {
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  return createRedisTokenStore({ client, keyPrefix, revocationLog: true })
}
