/** The authorization server: the handlers, the store and the issuer of the package `server`, in memory. */
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  createRevocationHandler,
  createTokenMint,
  type Explanation,
  type IntrospectionHandlerEvent,
  type RevocationFeedEvent,
  type RevocationHandlerEvent,
} from '@token-introspection/server'
import { createTokenIssuer } from '@token-introspection/server/tokens'
import type { Endpoint } from './memory-network.ts'
import { ENDPOINTS, INVOICES_API, ISSUER, ORDERS_API, WEB_SHOP } from './parties.ts'

/** An event of one of the handlers. */
export type ServerEvent = IntrospectionHandlerEvent | RevocationHandlerEvent | RevocationFeedEvent

/** The secrets, made anew for each page. */
export interface Secrets {
  readonly ordersApi: string
  readonly webShop: string
}

/** What the server needs. */
export interface AuthorizationServerSettings {
  readonly secrets: Secrets
  readonly nowMs: () => number
  readonly onEvent: (event: ServerEvent) => void
}

/** What a token is issued for. */
export interface Grant {
  readonly audience: string
  readonly scope: string
  readonly lifetimeSeconds: number
}

/** The authorization server. */
export interface AuthorizationServer {
  readonly endpoints: Readonly<Record<string, Endpoint>>
  /** Issues a token, as a token endpoint does after the login. */
  issue(grant: Grant): Promise<string>
  /** The answer that an API gets about a token, and the reason for an inactive one, which the answer does not say. */
  explain(token: string, protectedResource: string): Promise<Explanation>
  close(): void
}

/** Creates the server. */
export function createAuthorizationServer({
  secrets,
  nowMs,
  onEvent,
}: AuthorizationServerSettings): AuthorizationServer {
  const shared = { issuer: ISSUER, now: nowMs, onEvent }
  const store = createMemoryTokenStore({ revocationLog: true, now: nowMs })
  const mint = createTokenMint({ prefix: 'playground_at', keys: [crypto.getRandomValues(new Uint8Array(32))] })
  const issuer = createTokenIssuer({ store, mint: () => mint.mint(), now: nowMs })
  const clientAuthentication = {
    protectedResources: [
      { id: ORDERS_API.id, clientSecrets: [secrets.ordersApi], audiences: [ORDERS_API.audience] },
      { id: INVOICES_API.id, clientSecrets: [crypto.randomUUID()], audiences: [INVOICES_API.audience] },
    ],
  }
  const introspection = createIntrospectionHandler({
    ...shared,
    clientAuthentication,
    lookup: { store, isMinted: mint.isMinted },
  })
  const feed = createRevocationFeedHandler({ ...shared, clientAuthentication, store })
  const revocation = createRevocationHandler({
    ...shared,
    clientAuthentication: { clients: [{ id: WEB_SHOP, clientSecrets: [secrets.webShop] }] },
    lookup: { store },
  })
  const metadata = {
    issuer: ISSUER,
    ...introspection.metadata({ url: ENDPOINTS.introspection }),
    ...feed.metadata({ url: ENDPOINTS.feed }),
    ...revocation.metadata({ url: ENDPOINTS.revocation }),
  }
  return {
    endpoints: {
      [ENDPOINTS.introspection]: introspection,
      [ENDPOINTS.feed]: feed,
      [ENDPOINTS.revocation]: revocation,
      [ENDPOINTS.metadata]: () => Promise.resolve(Response.json(metadata)),
    },
    async issue({ audience, scope, lifetimeSeconds }) {
      const { response } = await issuer.issue({
        client_id: WEB_SHOP,
        sub: 'alice',
        aud: audience,
        scope,
        expiresInSeconds: lifetimeSeconds,
      })
      return response.access_token
    },
    explain: (token, protectedResource) => introspection.explain(token, { protectedResource }),
    close: () => feed.close(),
  }
}
