/** Options of createClientAuthenticator: documentation, defaults, and how they are read. */
import type { OnWarning } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { AuthenticationSteps } from './authenticate-request.ts'
import { type OAuthClient, oauthClientReader } from './client-authentication/oauth-client.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions, resolveEndpoint } from './endpoint-options.ts'
import type { ClientAuthenticatorEvent, OnEvent } from './events/events.ts'
import type { RevocationClientAuthenticationOptions } from './revocation-options.ts'

/** Options of {@link createClientAuthenticator}. */
export interface ClientAuthenticatorOptions extends EndpointOptions {
  /** The clients and their methods, as for {@link createRevocationHandler}. The default `realm` is `token endpoint`. */
  readonly clientAuthentication: RevocationClientAuthenticationOptions
  /** Receives one event per refusal. Events contain no token and no secret. */
  readonly onEvent?: OnEvent<ClientAuthenticatorEvent> | undefined
  /** Receives warnings that an operator should look at, as with {@link createRevocationHandler}. */
  readonly onWarning?: OnWarning | false | undefined
}

/** The defaults of options that other endpoints do not share. */
const clientAuthenticatorDefaults = Object.freeze({
  clientAuthentication: Object.freeze({ realm: 'token endpoint' }),
} as const)

/** Reads the options once into the values that each step needs. */
export function resolveClientAuthenticatorOptions(options: ClientAuthenticatorOptions): AuthenticationSteps {
  const group = new OptionGroup('', options, ENDPOINT_OPTIONS)
  const { steps } = resolveEndpoint<OAuthClient, ClientAuthenticatorEvent>(group, {
    list: 'clients',
    find: 'findClient',
    reader: oauthClientReader,
    realm: clientAuthenticatorDefaults.clientAuthentication.realm,
  })
  return Object.freeze(steps)
}
