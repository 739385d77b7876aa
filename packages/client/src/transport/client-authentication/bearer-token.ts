/** An access token of this resource server instead of client credentials (RFC 7662 §2.1, RFC 6750 §2.1). */
import type { ClientAuthentication } from './client-authentication.ts'

/**
 * Authenticates with one access token or API key, sent as `Bearer`, for as long as the process runs.
 *
 * @throws TypeError when it is empty or has characters that no token has (RFC 6750 §2.1).
 * @example
 * ```ts
 * import { bearerToken } from '@token-introspection/client'
 *
 * bearerToken('api-key-of-the-orders-api')
 * ```
 */
export function bearerToken(token: string): ClientAuthentication {
  const authorization = toAuthorization(token)
  return {
    method: 'Bearer',
    clientId: undefined,
    authenticate(draft) {
      draft.headers['authorization'] = authorization
    },
  }
}

/**
 * Authenticates with the access token that `findToken` gives for each request. {@link clientCredentials} gets and renews
 * one by itself.
 *
 * It is called once more when a request is answered 401, 403, or 400 with a challenge for a token; if the token is another by then, the request is made again.
 *
 * @throws TypeError when it is no function; with a request, when what was found is no token.
 * @example
 * ```ts
 * import { bearerTokenProvider } from '@token-introspection/client'
 *
 * export function fromVault(vault: { currentToken(): Promise<string> }) {
 *   return bearerTokenProvider(() => vault.currentToken())
 * }
 * ```
 */
export function bearerTokenProvider(findToken: () => string | Promise<string>): ClientAuthentication {
  if (typeof findToken !== 'function') throw new TypeError('findToken: must be a function')
  return {
    method: 'Bearer',
    clientId: undefined,
    async authenticate(draft) {
      draft.headers['authorization'] = toAuthorization(await findToken())
    },
    async renew(refused) {
      return toAuthorization(await findToken()) !== refused.headers['authorization']
    },
  }
}

/** Credentials for the `Authorization` field; whatever could break out of it is refused, and not named. */
export function toAuthorization(token: unknown): string {
  if (typeof token !== 'string' || !/^[\w\-.~+/]+=*$/.test(token)) {
    throw new TypeError('token: must be letters, digits and -._~+/ with = at the end (RFC 6750 §2.1)')
  }
  return `Bearer ${token}`
}
