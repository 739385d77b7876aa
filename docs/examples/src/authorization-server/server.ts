/** An authorization server in Fastify that keeps its tokens in PostgreSQL. */
import {
  createClientAuthenticator,
  createIntrospectionHandler,
  createRevocationFeedHandler,
  createRevocationHandler,
  type ProtectedResource,
} from '@token-introspection/server'
import { toFastifyPlugin } from '@token-introspection/server/fastify'
import { createPostgresTokenStore, type PostgresTokenStore } from '@token-introspection/server/postgres'
import { createTokenIssuer, type TokenIssuer } from '@token-introspection/server/tokens'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import { createTokenEndpoint, type RegisteredClient } from '../issuing/token-endpoint.ts'
import { mountToken } from './mount-token.ts'

/** A client of the token endpoint and the revocation endpoint. */
export interface ConfidentialClient extends RegisteredClient {
  readonly secret: string
}

/** The settings of an authorization server. */
export interface AuthorizationServerSettings {
  readonly issuer: string
  readonly pool: Pool
  /** Who may get tokens, and revoke its own. */
  readonly clients: readonly ConfidentialClient[]
  /** Who may introspect, and follow the feed. */
  readonly protectedResources: readonly ProtectedResource[]
}

/** An authorization server that does not listen yet. Closing `app` ends the streams of the feed too. */
export interface AuthorizationServer {
  readonly app: FastifyInstance
  readonly store: PostgresTokenStore
  readonly tokens: TokenIssuer
}

/** Creates the server. It also creates the tables that are missing. */
export async function createAuthorizationServer({
  issuer,
  pool,
  clients,
  protectedResources,
}: AuthorizationServerSettings): Promise<AuthorizationServer> {
  const store = createPostgresTokenStore({ pool, revocationLog: true })
  await store.migrate()
  const tokens = createTokenIssuer({ store, accessTokenPrefix: 'acme_at_', refreshTokenPrefix: 'acme_rt_' })

  const here = { issuer, allowHttpOnLoopback: true } // for a server on your own machine
  const introspection = createIntrospectionHandler({
    ...here,
    clientAuthentication: { protectedResources },
    lookup: { store },
  })
  const feed = createRevocationFeedHandler({ ...here, clientAuthentication: { protectedResources }, store })
  const ofClients = { clients: clients.map(({ id, secret }) => ({ id, clientSecrets: [secret] })) }
  const revocation = createRevocationHandler({ ...here, clientAuthentication: ofClients, lookup: { store } })
  const authenticate = createClientAuthenticator({ ...here, clientAuthentication: ofClients })
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['client_credentials', 'refresh_token'],
    response_types_supported: [],
    ...introspection.metadata({ url: `${issuer}/introspect` }),
    ...revocation.metadata({ url: `${issuer}/revoke` }),
    ...feed.metadata({ url: `${issuer}/revocations` }),
  }

  const app = Fastify()
  app.get('/.well-known/oauth-authorization-server', () => metadata)
  await app.register(toFastifyPlugin(introspection), { path: '/introspect' })
  await app.register(toFastifyPlugin(revocation), { path: '/revoke' })
  await app.register(toFastifyPlugin(feed), { path: '/revocations' })
  mountToken(app, createTokenEndpoint({ tokens, authenticate, clients }))
  return { app, store, tokens }
}
