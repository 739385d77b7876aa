/** Options of createRevocationHandler: documented, defaulted, read once. */
import { isIssuer, type OnWarning, toNumericDate } from '@token-introspection/core'
import { httpRemedy, OptionGroup, resolveUrlRules, URL_RULE_OPTIONS } from '@token-introspection/core/options'
import {
  type ClientAuthenticationMethodOptions,
  resolveClientAuthentication,
} from './client-authentication/client-authentication-options.ts'
import { type FindOAuthClient, type OAuthClient, oauthClientReader } from './client-authentication/oauth-client.ts'
import type { OnEvent, RevocationHandlerEvent } from './events/events.ts'
import type { RevocationSteps } from './handle-revocation.ts'
import type { RevocableTokenStore } from './stores/token-store.ts'
import { resolveResolvers } from './lookup/lookup-options.ts'
import { createStoreResolver } from './lookup/store-resolver.ts'
import type { TokenResolver } from './lookup/token-resolver.ts'
import { resolveTimeoutMs } from './options.ts'
import { type RequestOptions, resolveRequest } from './request/request-options.ts'
import { type ResponseOptions, resolveRetryAfterSeconds } from './response/response-options.ts'
import { resolveWarnings } from './events/warning-options.ts'

/**
 * Step `clientAuthentication`: whose tokens can be revoked here. Give exactly one of the two registries. They hold OAuth
 * clients; a protected resource cannot revoke.
 */
export interface RevocationClientAuthenticationOptions extends ClientAuthenticationMethodOptions {
  /** Every client, when the list is fixed. */
  readonly clients?: readonly OAuthClient[] | undefined
  /** Finds a client by its identifier, when they live elsewhere. A throw is answered 503. */
  readonly findClient?: FindOAuthClient | undefined
  /** The `realm` of the challenge every 401 carries. Default `token revocation`. */
  readonly realm?: string | undefined
}

/** Step `lookup`: where tokens are found, and revoked. */
export interface RevocationLookupOptions {
  /** The token store, the one that introspection reads. */
  readonly store: RevocableTokenStore
  /**
   * Ways to find tokens that the store does not hold, such as JWTs, asked after it. Default none. Give those that
   * introspection asks: what is found is revoked in the store, which keeps a tombstone of it.
   *
   * Security: whatever is found fills the store, so a resolver finds verified tokens alone, as `createJwtResolver` does.
   */
  readonly resolvers?: readonly TokenResolver[] | undefined
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
  /**
   * The issuer identifier of this authorization server, an https URL (RFC 8414 §2): the audience of client assertions.
   * Without it `private_key_jwt` and `client_secret_jwt` cannot be had.
   */
  readonly issuer?: string | undefined
  /** Allow an `http:` issuer on loopback, for development. Default `false`. */
  readonly allowHttpOnLoopback?: boolean | undefined
  /**
   * Allow `http:` for exactly these origins, such as `['http://as:8080']` inside a cluster or a compose file. No other may be http.
   *
   * Security: tokens and secrets cross the connection unprotected. List only what is reached inside a network you trust.
   */
  readonly allowHttpOrigins?: readonly string[] | undefined
  readonly clientAuthentication: RevocationClientAuthenticationOptions
  readonly lookup: RevocationLookupOptions
  readonly request?: RequestOptions | undefined
  readonly revocation?: RevocationOptions | undefined
  readonly response?: ResponseOptions | undefined
  /**
   * Milliseconds that each of your functions may take: registry, store. One that takes longer is answered 503. Default
   * 2000, from 10 to 60000.
   */
  readonly timeoutMs?: number | undefined
  /** Told what happened, one event per request, with no token and no secret in it. */
  readonly onEvent?: OnEvent<RevocationHandlerEvent> | undefined
  /**
   * Told what an operator should look at: a store, a limiter, a registry or a key that fails, a registration that is wrong, and
   * what the event `warning` tells. One warning per code, at most once a minute, with no token and no secret in it. What a
   * caller does wrong, such as a 401, is no warning. Default, where there is no `onEvent`, `process.emitWarning` on Node and
   * `console.warn` elsewhere; where there is one, no warnings, because it is told everything already. `false` switches them off.
   */
  readonly onWarning?: OnWarning | false | undefined
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
    'issuer',
    ...URL_RULE_OPTIONS,
    'clientAuthentication',
    'lookup',
    'request',
    'revocation',
    'response',
    'timeoutMs',
    'onEvent',
    'onWarning',
    'now',
  ])
  const lookup = new OptionGroup('lookup', group.raw('lookup'), ['store', 'resolvers'])
  const store = lookup.seam<RevocableTokenStore>('store', 'find', 'revoke', 'revokeGrant')
  if (store === undefined) throw lookup.error('store', 'is required')
  const revocation = new OptionGroup('revocation', group.raw('revocation'), ['accessTokenEndsGrant'])
  const now = group.function<() => number>('now') ?? Date.now
  const timeoutMs = resolveTimeoutMs(group)
  const issuer = group.string('issuer')
  const urlRules = resolveUrlRules(group)
  if (issuer !== undefined && !isIssuer(issuer, urlRules)) {
    throw group.error(
      'issuer',
      `must be an https URL without query and fragment (RFC 8414 §2)${httpRemedy(issuer, group)}`,
    )
  }
  const onEvent = group.function<OnEvent<RevocationHandlerEvent>>('onEvent')
  const { warn, warnOfError } = resolveWarnings(group, { issuer, now, onEvent })
  const { challenge, ...clientAuthentication } = resolveClientAuthentication(
    group.raw('clientAuthentication'),
    {
      list: 'clients',
      find: 'findClient',
      reader: oauthClientReader,
      realm: revocationDefaults.clientAuthentication.realm,
    },
    { issuer, timeoutMs, now, warn },
  )
  const response = new OptionGroup('response', group.raw('response'), ['retryAfterSeconds'])
  return Object.freeze({
    urlRules,
    request: { ...resolveRequest(group.raw('request')), offered: [] },
    clientAuthentication,
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
    response: { challenge, retryAfterSeconds: resolveRetryAfterSeconds(response) },
    onEvent,
    warnOfError,
  })
}
