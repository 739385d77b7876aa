/** The authorization server of the run: introspection and the feed of revocations over one log in memory. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { answerMembers, AUDIENCE, CLIENT_ID, CLIENT_SECRET, EXTENSION_CLAIMS, ISSUER } from '../fixture.ts'
import { answerParent } from '../measure/answer-parent.ts'
import { type Place, tokensOf } from './tokens.ts'

const store = createMemoryTokenStore({ revocationLog: true })

answerParent({
  async start({ port, stream, clients }: Place) {
    for (const token of tokensOf(clients)) {
      await store.save(token, { kind: 'access_token', ...answerMembers(), claims: EXTENSION_CLAIMS })
    }
    const clientAuthentication = {
      protectedResources: [{ id: CLIENT_ID, clientSecrets: [CLIENT_SECRET], audiences: [AUDIENCE] }],
    }
    const introspection = createIntrospectionHandler({ issuer: ISSUER, clientAuthentication, lookup: { store } })
    const handleIntrospection = toNodeHandler(introspection)
    const handleFeed = toNodeHandler(createRevocationFeedHandler({ issuer: ISSUER, clientAuthentication, store }))
    const server = createServer((request, response) => {
      if (request.url === '/introspect') return handleIntrospection(request, response)
      // A server that cannot stream answers with a page as soon as there is an event.
      if (!stream) request.headers.accept = 'application/json'
      handleFeed(request, response)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return { port: (server.address() as AddressInfo).port, pid: process.pid }
  },
  /** Revokes one token. Gives the time at the call, on the clock that every process of the computer shares. */
  async revoke(token: string) {
    const at = process.hrtime.bigint()
    await store.revoke(token)
    return String(at)
  },
})
