/** An access token of this resource server in place of client credentials (RFC 7662 §2.1, RFC 6750 §2.1). */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { ClientAuthentication } from './client-authentication.ts'
import { foundCredential } from './found-credential.ts'

/**
 * Authenticates with one access token or API key, sent as `Bearer`. The token does not change while the process runs.
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
 * Authenticates with the access token that `findToken` returns for each request. {@link clientCredentials} gets and
 * renews a token by itself.
 *
 * The client calls it once more when a request is answered 401, 403, or 400 with a challenge for a token. If the token
 * has changed, the client repeats the request.
 *
 * @throws TypeError when `findToken` is not a function. With a request `SecretUnavailableError`, when it fails or returns no token.
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
  const findAuthorization = (): MaybePromise<string> =>
    foundCredential(findToken, (token) => toAuthorization(token, 'findToken'), {
      option: 'findToken',
      clientId: undefined,
    })
  return {
    method: 'Bearer',
    clientId: undefined,
    async authenticate(draft) {
      draft.headers['authorization'] = await findAuthorization()
    },
    async renew(refused) {
      return (await findAuthorization()) !== refused.headers['authorization']
    },
  }
}

/**
 * Builds the value of the `Authorization` field. A token with characters that could end the credentials is refused, and
 * not quoted.
 *
 * @param option - the argument or option that the token came from, for the error message.
 */
export function toAuthorization(token: unknown, option = 'token'): string {
  if (typeof token !== 'string' || !/^[\w\-.~+/]+=*$/.test(token)) {
    throw new TypeError(`${option}: must be letters, digits and -._~+/ with = at the end (RFC 6750 §2.1)`)
  }
  return `Bearer ${token}`
}
