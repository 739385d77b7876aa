/** A client authentication method of your own. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import { type ClientAuthentication, checkClientId } from './client-authentication.ts'
import { callFunction } from './found-credential.ts'

/** Options of {@link customClientAuthentication}. Give at least one of `authenticate` and `signRequest`. */
export interface CustomClientAuthenticationOptions {
  /** The name of the method. It need not be a registered one. */
  readonly method: string
  /** The identifier of this resource server at the authorization server. */
  readonly clientId?: string | undefined
  /**
   * The settings that answers depend on, in addition to `method` and `clientId`, such as a tenant or the scope of a
   * token that `authenticate` sends. Clients that share a cache share answers only when this is equal. Put no secret in
   * it. Default none.
   */
  readonly cacheKeyPart?: string | undefined
  /** Adds header fields and form parameters before the request is complete. */
  readonly authenticate?: ClientAuthentication['authenticate'] | undefined
  /** Returns further header fields for the complete request, such as a signature over method, URL, header and body. */
  readonly signRequest?: ClientAuthentication['signRequest'] | undefined
  /**
   * Called when a request was answered 401, 403, or 400 with a challenge for a token or for the proof of an attestation. With
   * `true` the client repeats the request once.
   */
  readonly renew?: ClientAuthentication['renew'] | undefined
}

/**
 * Authenticates in a way of your own, such as a gateway's signature over the whole request (AWS SigV4).
 *
 * Security: the client sends the parameters that `authenticate` adds without a check. Only `token` and
 * `token_type_hint` cannot be changed.
 *
 * @throws TypeError that names an option that is missing, unknown or not a function. With a request `SecretUnavailableError`, when
 * one of the functions throws or rejects.
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
    authenticate: coded('authenticate', authenticate ?? (() => undefined), clientId),
    ...(signRequest !== undefined && { signRequest: coded('signRequest', signRequest, clientId) }),
    ...(renew !== undefined && { renew: coded('renew', renew, clientId) }),
  }
}

/** The function, with a coded error in place of each error that it throws. */
function coded<Given extends unknown[], Result>(
  option: string,
  call: (...given: Given) => MaybePromise<Result>,
  clientId: string | undefined,
): (...given: Given) => MaybePromise<Result> {
  return (...given) => callFunction(() => call(...given), { option, clientId })
}
