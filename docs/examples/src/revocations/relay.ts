/** A relay: it follows the feed of the authorization server, and serves it to the processes of another network. */
import { createServer } from 'node:http'
import { clientSecretBasic } from '@token-introspection/client'
import { followFeed, relayRevocations } from '@token-introspection/client/revocations'
import { createRevocationFeedHandler } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { type DemoResource, RELAY } from '../demo/authorization-server.ts'
import { listen, stop } from '../demo/listen.ts'

/** A running relay. */
export interface Relay {
  /** The URL of its feed. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts a relay that only these protected resources may follow. */
export async function startRelay(issuer: string, resources: readonly DemoResource[]): Promise<Relay> {
  const source = relayRevocations(followFeed(), {
    issuer,
    clientAuthentication: clientSecretBasic(RELAY.id, RELAY.secret),
    transport: { allowHttpOnLoopback: true },
  })
  const protectedResources = resources.map(({ id, secret }) => ({ id, clientSecrets: [secret] }))
  const feed = createRevocationFeedHandler({ source, clientAuthentication: { protectedResources } })
  const server = createServer(toNodeHandler(feed))
  const { port } = await listen(server, 0)
  return {
    url: `http://127.0.0.1:${port}/revocations`,
    async stop() {
      feed.close()
      await stop(server)
      await source.close()
    },
  }
}
