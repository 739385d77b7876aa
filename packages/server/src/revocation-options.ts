/** Options of createRevocationHandler: documented, defaulted, read once. */
import { toNumericDate } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { ClientAuthenticationMethod } from './client-authentication/authenticate-client.ts'
import type { AcceptedBasicEncoding } from './client-authentication/client-secret-basic.ts'
import { type FindOAuthClient, type OAuthClient, oauthClientList } from './client-authentication/oauth-client.ts'
import type { OnEvent, RevocationHandlerEvent } from './events.ts'
import type { RevocationSteps } from './handle-revocation.ts'
import type { RevocableTokenStore } from './lookup/token-store.ts'
import {
  type RequestOptions,
  resolveClientAuthentication,
  resolveRequest,
  resolveRetryAfterSeconds,
  type ResponseOptions,
} from './options.ts'

/**
 * Step `clientAuthentication`: whose tokens can be revoked here. Give exactly one of the two registries. They hold OAuth
 * clients; a protected resource cannot revoke.
 */
export interface RevocationClientAuthenticationOptions {
  /** Every client, when the list is fixed. */
  readonly clients?: readonly OAuthClient[] | undefined
  /** Finds a client by its identifier, when they live elsewhere. A throw is answered 503. */
  readonly findClient?: FindOAuthClient | undefined
  /** The methods taken, by registered name. Default both. */
  readonly methods?: readonly ClientAuthenticationMethod[] | undefined
  /**
   * How Basic credentials are read. Default `form-then-raw`: form-decoded as RFC 6749 §2.3.1 says and, when that
   * differs, as they stand, counted as one attempt. `form` refuses clients that do not encode.
   */
  readonly basicEncoding?: AcceptedBasicEncoding | undefined
  /** The `realm` of the challenge every 401 carries. Default `token revocation`. */
  readonly realm?: string | undefined
}

/** Step `lookup`: where tokens are found, and revoked. */
export interface RevocationLookupOptions {
  /** The token store, the one that introspection reads. */
  readonly store: RevocableTokenStore
}

/** Step `revocation`: how far a revocation goes. */
export interface RevocationOptions {
  /**
   * Whether revoking an access token ends its whole grant, its refresh token included (RFC 7009 §2.1 leaves it open).
   * Default `false`: the access token alone. Revoking a refresh token always ends the grant.
   */
  readonly accessTokenEndsGrant?: boolean | undefined
}

/** Options of {@link createRevocationHandler}. */
export interface RevocationHandlerOptions {
  readonly clientAuthentication: RevocationClientAuthenticationOptions
  readonly lookup: RevocationLookupOptions
  readonly request?: RequestOptions | undefined
  readonly revocation?: RevocationOptions | undefined
  readonly response?: ResponseOptions | undefined
  /** Told what happened, one event per request, with no token and no secret in it. */
  readonly onEvent?: OnEvent<RevocationHandlerEvent> | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The default of every option that has one and does not share it with the introspection handler. */
export const revocationDefaults = Object.freeze({
  clientAuthentication: Object.freeze({ realm: 'token revocation' }),
  revocation: Object.freeze({ accessTokenEndsGrant: false }),
} as const)

/** Reads the options once into what each step needs. */
export function resolveRevocationOptions(options: RevocationHandlerOptions): RevocationSteps {
  const group = new OptionGroup('', options, [
    'clientAuthentication',
    'lookup',
    'request',
    'revocation',
    'response',
    'onEvent',
    'now',
  ])
  const lookup = new OptionGroup('lookup', group.raw('lookup'), ['store'])
  const store = lookup.seam<RevocableTokenStore>('store', 'find', 'revoke', 'revokeGrant')
  if (store === undefined) throw lookup.error('store', 'is required')
  const revocation = new OptionGroup('revocation', group.raw('revocation'), ['accessTokenEndsGrant'])
  const now = group.function<() => number>('now') ?? Date.now
  const { challenge, ...clientAuthentication } = resolveClientAuthentication(group.raw('clientAuthentication'), {
    list: 'clients',
    find: 'findClient',
    fromList: oauthClientList,
    realm: revocationDefaults.clientAuthentication.realm,
  })
  return Object.freeze({
    request: { ...resolveRequest(group.raw('request')), ignoresAccept: true },
    clientAuthentication,
    lookup: { store, now: () => toNumericDate(now()) },
    revocation: {
      store,
      accessTokenEndsGrant: revocation.boolean(
        'accessTokenEndsGrant',
        revocationDefaults.revocation.accessTokenEndsGrant,
      ),
    },
    response: { challenge, retryAfterSeconds: resolveRetryAfterSeconds(group.raw('response')) },
    onEvent: group.function<OnEvent<RevocationHandlerEvent>>('onEvent'),
  })
}
