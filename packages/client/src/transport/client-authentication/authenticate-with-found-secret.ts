/** Credentials that a function finds, with each request. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { ClientAuthentication } from './client-authentication.ts'
import { foundCredential } from './found-credential.ts'

/**
 * A credential, or a function that finds it. The client calls the function with each request, not when the client is created. So a
 * build needs no secrets, and you can rotate a secret without a restart. Let the function return what is in memory: it counts
 * towards the deadline of the call.
 */
export type Findable<Credential> = Credential | (() => Credential | Promise<Credential>)

/**
 * Authenticates with the secret that `findSecret` returns for each request. When a request is answered 401 or 403, and the secret
 * has changed since, the client repeats the request once. Without a usable secret it throws or rejects with
 * `SecretUnavailableError`.
 *
 * @param authenticateWith - creates the method for one secret. The method is used again while the secret is the same.
 */
export function authenticateWithFoundSecret(
  { method, clientId }: Pick<ClientAuthentication, 'clientId' | 'method'>,
  findSecret: () => string | Promise<string>,
  authenticateWith: (secret: string) => ClientAuthentication,
): ClientAuthentication {
  let current: { readonly secret: string; readonly authentication: ClientAuthentication } | undefined

  function authenticationFor(secret: string): ClientAuthentication {
    if (current !== undefined && current.secret === secret) return current.authentication
    // A function again would end in an endless recursion.
    if (typeof secret !== 'string') throw new TypeError('clientSecret: the function must return a string')
    const authentication = authenticateWith(secret)
    current = { secret, authentication }
    return authentication
  }

  const authenticationOfFound = (): MaybePromise<ClientAuthentication> =>
    foundCredential(findSecret, authenticationFor, { option: 'clientSecret', clientId })

  return {
    method,
    clientId,
    get advice() {
      return current?.authentication.advice
    },
    authenticate: (draft) => andThen(authenticationOfFound(), (authentication) => authentication.authenticate(draft)),
    async renew(refused) {
      const draft = { endpoint: refused.url, issuer: undefined, headers: {}, parameters: {} }
      await (await authenticationOfFound()).authenticate(draft)
      return !wasSent(draft, refused)
    },
  }
}

/** Whether the request had exactly these credentials. */
function wasSent(
  draft: { headers: Readonly<Record<string, string>>; parameters: Readonly<Record<string, string>> },
  { headers, body }: { headers: Readonly<Record<string, string>>; body: string | undefined },
): boolean {
  const sent = new URLSearchParams(body)
  return (
    draft.headers['authorization'] === headers['authorization'] &&
    draft.parameters['client_secret'] === (sent.get('client_secret') ?? undefined)
  )
}
