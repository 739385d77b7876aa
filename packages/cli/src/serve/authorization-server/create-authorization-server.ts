/** The authorization server for development: every endpoint by its path. */
import {
  createIntrospectionHandler,
  createRevocationFeedHandler,
  createRevocationHandler,
  type HttpHandler,
} from '@token-introspection/server'
import { createTokenIssuer } from '@token-introspection/server/tokens'
import { createAdmin, type Handlers } from '../admin/create-admin.ts'
import { listTokens } from '../admin/list-tokens.ts'
import type { ServeConfiguration } from '../configuration/serve-configuration.ts'
import { createTokensPage } from '../page/tokens-page.ts'
import type { ServedStore } from '../store/open-store.ts'
import { ENDPOINT_PATHS, metadataDocument, SECRET_METHODS } from './metadata-document.ts'
import { jsonResponse } from './json-response.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

/** What the server is made of. */
export interface AuthorizationServerParts {
  readonly issuer: string
  readonly configuration: ServeConfiguration
  readonly store: ServedStore
  readonly adminSecret: string
  readonly expiresInSeconds: number
  readonly hasPage: boolean
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  /** Gets every warning of the endpoints. */
  readonly onWarning: (message: string) => void
}

/** A server that is not listening yet. */
export interface AuthorizationServer {
  /** The endpoints by their path. */
  readonly handlers: Handlers
  /** Ends the streams of the revocation feed. */
  readonly close: () => void
}

/** Creates the server. */
export function createAuthorizationServer(parts: AuthorizationServerParts): AuthorizationServer {
  const { issuer, configuration, store, now, expiresInSeconds } = parts
  const { protectedResources, clients } = configuration
  const shared = {
    issuer,
    allowHttpOnLoopback: true,
    // Inside a compose file the issuer is an http URL with the name of the service.
    ...(issuer.startsWith('http:') && { allowHttpOrigins: [new URL(issuer).origin] }),
    now,
    onWarning: ({ message }: { readonly message: string }) => parts.onWarning(message),
  }
  const resourceAuthentication = {
    methods: SECRET_METHODS,
    protectedResources: protectedResources.map(({ id, secret, audiences }) => ({
      id,
      clientSecrets: [secret],
      audiences,
    })),
  }
  const clientAuthentication = {
    methods: SECRET_METHODS,
    clients: clients.map(({ id, secret }) => ({ id, clientSecrets: [secret] })),
  }
  const introspection = createIntrospectionHandler({
    ...shared,
    clientAuthentication: resourceAuthentication,
    lookup: { store },
  })
  const revocation = createRevocationHandler({ ...shared, clientAuthentication, lookup: { store } })
  const feed = createRevocationFeedHandler({ ...shared, clientAuthentication: resourceAuthentication, store })
  const tokens = {
    issuer: createTokenIssuer({ store, now, randomBytes: parts.randomBytes }),
    clients,
    expiresInSeconds,
  }
  const metadata = jsonResponse(200, metadataDocument(issuer, { introspection, revocation, feed }))
  const prefix = new URL(issuer).pathname.replace(/\/$/, '')
  return {
    handlers: {
      [prefix + ENDPOINT_PATHS.introspection]: introspection,
      [prefix + ENDPOINT_PATHS.revocation]: revocation,
      [prefix + ENDPOINT_PATHS.revocations]: feed,
      [prefix + ENDPOINT_PATHS.token]: createTokenEndpoint(tokens),
      [`/.well-known/oauth-authorization-server${prefix}`]: onGet(metadata),
      ...createAdmin({ ...tokens, store, secret: parts.adminSecret }),
      ...(parts.hasPage && {
        '/': createTokensPage(
          issuer,
          () =>
            listTokens(
              store,
              clients.map(({ id }) => id),
            ),
          now,
        ),
      }),
    },
    close: feed.close,
  }
}

function onGet(response: ReturnType<typeof jsonResponse>): Pick<HttpHandler, 'handle'> {
  return {
    handle: ({ method }) =>
      method === 'GET' || method === 'HEAD' ? response : jsonResponse(405, {}, { allow: 'GET, HEAD' }),
  }
}
