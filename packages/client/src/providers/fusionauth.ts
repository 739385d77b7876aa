/** FusionAuth. */
import type { Provider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link fusionauth}. */
export interface FusionauthOptions {
  /** The address of FusionAuth, such as `https://auth.example.com`. */
  readonly url: string
  /** The issuer of the tenant, which need not be a URL, such as `acme.com`. Without it any issuer is accepted. */
  readonly issuer?: string | undefined
  /** Sent as `client_id` beside the credentials, which versions before 1.46 require. */
  readonly clientId?: string | undefined
}

/**
 * FusionAuth. Its documentation shows dates in milliseconds. For a token of another application than the caller it
 * answers 401, which is an error in this client. See `response.inactiveWhen` in the guide before you change that.
 *
 * @throws TypeError that names the wrong option, such as `fusionauth.url`.
 * @example
 * ```ts
 * import { fusionauth } from '@token-introspection/client/providers'
 *
 * export const provider = fusionauth({ url: 'https://auth.example.com', issuer: 'acme.com' })
 * ```
 */
export function fusionauth(options: FusionauthOptions): Provider {
  const group = new ProviderOptions('fusionauth', options, ['url', 'issuer', 'clientId'])
  const [issuer, clientId] = [group.string('issuer'), group.string('clientId')]
  return freezeProvider({
    name: 'FusionAuth',
    documentation: 'https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/endpoints',
    endpoint: `${group.address('url')}/oauth2/introspect`,
    response: {
      tolerate: { timestampsInMilliseconds: true },
      ...(issuer !== undefined && { acceptedIssuers: [issuer] }),
    },
    ...(clientId !== undefined && { transport: { parameters: { client_id: clientId } } }),
  })
}
