/** The metadata document of the server (RFC 8414 §2). */
import type { IntrospectionHandler, RevocationFeedHandler, RevocationHandler } from '@token-introspection/server'
import { GRANT_TYPES } from './token-endpoint.ts'

/** The paths of the endpoints, after the path of the issuer. */
export const ENDPOINT_PATHS = {
  introspection: '/introspect',
  revocation: '/revoke',
  revocations: '/revocations',
  token: '/token',
} as const

/** How callers authenticate at every endpoint: they have secrets, and no keys. */
export const SECRET_METHODS = ['client_secret_basic', 'client_secret_post'] as const

/** Makes the document. */
export function metadataDocument(
  issuer: string,
  handlers: {
    readonly introspection: IntrospectionHandler
    readonly revocation: RevocationHandler
    readonly feed: RevocationFeedHandler
  },
): Readonly<Record<string, unknown>> {
  const base = issuer.replace(/\/$/, '')
  return {
    issuer,
    token_endpoint: base + ENDPOINT_PATHS.token,
    token_endpoint_auth_methods_supported: SECRET_METHODS,
    grant_types_supported: GRANT_TYPES,
    // No grant of this server uses the authorization endpoint (RFC 8414 §2 requires the member).
    response_types_supported: ['none'],
    ...handlers.introspection.metadata({ url: base + ENDPOINT_PATHS.introspection }),
    ...handlers.revocation.metadata({ url: base + ENDPOINT_PATHS.revocation }),
    ...handlers.feed.metadata({ url: base + ENDPOINT_PATHS.revocations }),
  }
}
