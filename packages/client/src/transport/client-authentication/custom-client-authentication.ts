/** A client authentication method of your own. */
import { OptionGroup } from '@token-introspection/core/options'
import { type ClientAuthentication, checkClientId } from './client-authentication.ts'

/** What {@link customClientAuthentication} is given. At least one of `authenticate` and `signRequest`. */
export interface CustomClientAuthenticationOptions {
  /** The name of the method, which need not be registered. */
  readonly method: string
  /** The identifier this resource server is registered by. */
  readonly clientId?: string | undefined
  /**
   * What the answers depend on besides `method` and `clientId`, such as a tenant or the scope of a token that `authenticate`
   * sends. Clients that share a cache share no answer where it differs. Put no secret in it. Default nothing.
   */
  readonly cacheKeyPart?: string | undefined
  /** Adds header fields and form parameters before the request is complete. */
  readonly authenticate?: ClientAuthentication['authenticate'] | undefined
  /** Gives further header fields once it is, such as a signature over method, URL, header and body. */
  readonly signRequest?: ClientAuthentication['signRequest'] | undefined
  /** Called when a request was answered 401, 403, or 400 with a challenge for a token; `true` makes it once more. */
  readonly renew?: ClientAuthentication['renew'] | undefined
}

/**
 * Authenticates in a way of your own, such as a gateway's signature over the whole request (AWS SigV4).
 *
 * Security: what `authenticate` adds beside the form's `token` and `token_type_hint` is sent as it is; those two it cannot
 * change.
 *
 * @throws TypeError naming what is missing, unknown or no function.
 * @example
 * ```ts
 * import { customClientAuthentication, type SignableRequest } from '@token-introspection/client'
 *
 * export function withSigV4(sign: (request: SignableRequest) => Promise<Record<string, string>>) {
 *   return customClientAuthentication({ method: 'aws_sigv4', signRequest: sign })
 * }
 * ```
 */
export function customClientAuthentication(options: CustomClientAuthenticationOptions): ClientAuthentication {
  const group = new OptionGroup('', options, [
    'method',
    'clientId',
    'cacheKeyPart',
    'authenticate',
    'signRequest',
    'renew',
  ])
  const method = group.string('method')
  if (method === undefined) throw group.error('method', 'is required')
  const clientId = group.string('clientId')
  if (clientId !== undefined) checkClientId(clientId)
  const cacheKeyPart = group.string('cacheKeyPart')
  const authenticate = group.function<ClientAuthentication['authenticate']>('authenticate')
  const signRequest = group.function<NonNullable<ClientAuthentication['signRequest']>>('signRequest')
  const renew = group.function<NonNullable<ClientAuthentication['renew']>>('renew')
  if (authenticate === undefined && signRequest === undefined) {
    throw group.error('authenticate', 'give this, or signRequest, or both')
  }
  return {
    method,
    clientId,
    ...(cacheKeyPart !== undefined && { cacheKeyPart }),
    authenticate: authenticate ?? (() => undefined),
    ...(signRequest !== undefined && { signRequest }),
    ...(renew !== undefined && { renew }),
  }
}
