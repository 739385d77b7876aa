/** Options of createRevocationHandler: documentation, defaults, and how they are read. */
import { type OnWarning, toNumericDate } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { ClientAuthenticationMethodOptions } from './client-authentication/client-authentication-options.ts'
import { type FindOAuthClient, type OAuthClient, oauthClientReader } from './client-authentication/oauth-client.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions, resolveEndpoint } from './endpoint-options.ts'
import type { OnEvent, RevocationHandlerEvent } from './events/events.ts'
import type { RevocationSteps } from './handle-revocation.ts'
import type { RevocableTokenStore } from './stores/token-store.ts'
import { resolveResolvers } from './lookup/lookup-options.ts'
import { createStoreResolver } from './lookup/store-resolver.ts'
import type { TokenResolver } from './lookup/token-resolver.ts'

/**
 * Step `clientAuthentication`: which clients can revoke tokens here. Give exactly one of the two registries. They hold OAuth
 * clients. A protected resource cannot revoke.
 */
export interface RevocationClientAuthenticationOptions extends ClientAuthenticationMethodOptions {
  /** All clients, as a fixed list. */
  readonly clients?: readonly OAuthClient[] | undefined
  /** Finds a client by its identifier, for a registry of your own. A throw is answered 503. */
  readonly findClient?: FindOAuthClient | undefined
  /** The `realm` of the challenge in every 401. Default `token revocation`. */
  readonly realm?: string | undefined
}

/** Step `lookup`: where the handler finds and revokes tokens. */
export interface RevocationLookupOptions {
  /** The token store that introspection reads. */
  readonly store: RevocableTokenStore
  /**
   * Ways to find tokens that the store does not hold, such as JWTs. They are asked after the store. Default none. Give the
   * resolvers of introspection. When one finds a token, the store revokes it and keeps a tombstone.
   *
   * Security: every found token adds an entry to the store, so a resolver must find only verified tokens, as
   * `createJwtResolver` does.
   */
  readonly resolvers?: readonly TokenResolver[] | undefined
}

/** Step `revocation`: which tokens a revocation ends. */
export interface RevocationOptions {
  /**
   * Whether revoking an access token ends its whole grant, including its refresh token (RFC 7009 §2.1 allows both). Default
   * `false`: only the access token ends. Revoking a refresh token always ends the grant.
   */
  readonly accessTokenEndsGrant?: boolean | undefined
}

/** Options of {@link createRevocationHandler}. */
export interface RevocationHandlerOptions extends EndpointOptions {
  readonly clientAuthentication: RevocationClientAuthenticationOptions
  readonly lookup: RevocationLookupOptions
  readonly revocation?: RevocationOptions | undefined
  /** Receives one event per request. Events contain no token and no secret. */
  readonly onEvent?: OnEvent<RevocationHandlerEvent> | undefined
  /**
   * Receives warnings that an operator should look at: about a store, a limiter, a registry or a key that fails, about a wrong
   * registration, and everything that `warning` events report. There is at most one warning per code and minute. Warnings contain
   * no token and no secret. Faults of callers, such as a 401, cause no warnings. Without `onEvent` the default is
   * `process.emitWarning` on Node and `console.warn` elsewhere. With `onEvent` there are no warnings by default, because it gets
   * every event. `false` switches them off.
   */
  readonly onWarning?: OnWarning | false | undefined
}

/** The defaults of options that the introspection handler does not share. */
export const revocationDefaults = Object.freeze({
  clientAuthentication: Object.freeze({ realm: 'token revocation' }),
  revocation: Object.freeze({ accessTokenEndsGrant: false }),
} as const)

/** Reads the options once into the values that each step needs. */
export function resolveRevocationOptions(options: RevocationHandlerOptions): RevocationSteps {
  const group = new OptionGroup('', options, [...ENDPOINT_OPTIONS, 'lookup', 'revocation'])
  const lookup = new OptionGroup('lookup', group.raw('lookup'), ['store', 'resolvers'])
  const store = lookup.seam<RevocableTokenStore>('store', 'find', 'revoke', 'revokeGrant')
  if (store === undefined) throw lookup.error('store', 'is required')
  const revocation = new OptionGroup('revocation', group.raw('revocation'), ['accessTokenEndsGrant'])
  const { steps, now, timeoutMs, warn } = resolveEndpoint<OAuthClient, RevocationHandlerEvent>(group, {
    list: 'clients',
    find: 'findClient',
    reader: oauthClientReader,
    realm: revocationDefaults.clientAuthentication.realm,
  })
  return Object.freeze({
    ...steps,
    lookup: {
      resolvers: [createStoreResolver({ store }), ...(lookup.has('resolvers') ? resolveResolvers(lookup) : [])],
      isMinted: undefined,
      isActive: undefined,
      timeoutMs,
      warn,
      now: () => toNumericDate(now()),
    },
    revocation: {
      store,
      timeoutMs,
      accessTokenEndsGrant: revocation.boolean(
        'accessTokenEndsGrant',
        revocationDefaults.revocation.accessTokenEndsGrant,
      ),
    },
  })
}
