/** Janssen, and its predecessor Gluu. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link janssen}. */
export interface JanssenOptions {
  /** The exact issuer of the server, such as `https://as.example.com`. */
  readonly issuer: string
}

/** Options of {@link gluu}. */
export interface GluuOptions {
  /** The exact issuer of the server. */
  readonly issuer: string
}

/** The endpoint requires an `Authorization` field: without one it answers 400. */
const AUTHORIZATION_FIELD = {
  takes: ['client_secret_basic', 'Bearer'],
  refuses: ['client_secret_post', 'none'],
}

/**
 * Janssen. Members without a value are `null` or empty, and `nbf` of a DPoP-bound token is in milliseconds. `aud` is
 * the client that the token was issued to, not your API, so list those clients in `policy.audience`.
 *
 * @throws TypeError that names the wrong option, such as `janssen.issuer`.
 * @example
 * ```ts
 * import { janssen } from '@token-introspection/client/providers'
 *
 * export const provider = janssen({ issuer: 'https://as.example.com' })
 * ```
 */
export function janssen(options: JanssenOptions): Provider {
  return freezeProvider({
    name: 'Janssen',
    documentation: 'https://docs.jans.io/stable/janssen-server/auth-server/endpoints/introspection',
    issuer: new ProviderOptions('janssen', options, ['issuer']).identifier('issuer'),
    response: { tolerate: { nullAsAbsent: true, timestampsInMilliseconds: true } },
    clientAuthentication: AUTHORIZATION_FIELD,
  })
}

/**
 * Gluu oxAuth. `scope` is an array with the setting `introspectionResponseScopesBackwardCompatibility`. Otherwise like
 * {@link janssen}, with all dates in seconds.
 *
 * @throws TypeError that names the wrong option, such as `gluu.issuer`.
 * @example
 * ```ts
 * import { gluu } from '@token-introspection/client/providers'
 *
 * export const provider = gluu({ issuer: 'https://as.example.com' })
 * ```
 */
export function gluu(options: GluuOptions): Provider {
  return freezeProvider({
    name: 'Gluu',
    documentation: 'https://gluu.org/docs/gluu-server/',
    issuer: new ProviderOptions('gluu', options, ['issuer']).identifier('issuer'),
    response: { tolerate: { nullAsAbsent: true, scopeAsArray: true } },
    clientAuthentication: AUTHORIZATION_FIELD,
  })
}
