/** Options of createRevocationFeedHandler: documentation, defaults, and how they are read. */
import { isIssuer, type OnWarning } from '@token-introspection/core'
import { httpRemedy, OptionGroup, resolveUrlRules, URL_RULE_OPTIONS } from '@token-introspection/core/options'
import type { RevocationSource } from '@token-introspection/core/revocations'
import {
  type ClientAuthenticationOptions,
  resolveClientAuthentication,
} from './client-authentication/client-authentication-options.ts'
import { protectedResourceReader } from './client-authentication/protected-resource.ts'
import type { OnEvent, RevocationFeedEvent } from './events/events.ts'
import { resolveWarnings } from './events/warning-options.ts'
import { feedDefaults, type FeedOptions, resolveFeed } from './feed/feed-options.ts'
import type { RevocationFeedSteps } from './handle-revocation-feed.ts'
import { resolveTimeoutMs } from './options.ts'
import { FEED_METHODS } from './request/read-feed-request.ts'
import { type RequestOptions, resolveRequest } from './request/request-options.ts'
import { type ResponseOptions, resolveRetryAfterSeconds } from './response/response-options.ts'
import type { RevocationLog } from './stores/revocation-log.ts'

/** Options of {@link createRevocationFeedHandler}. Give exactly one of `store` and `source`. */
export interface RevocationFeedHandlerOptions {
  /** The token store, created with `revocationLog`. */
  readonly store?: { readonly revocations?: RevocationLog | undefined } | undefined
  /** The log itself, for a relay or a log of your own. */
  readonly source?: RevocationSource | undefined
  /**
   * The issuer identifier of this authorization server: an https URL (RFC 8414 §2). It is the audience of client assertions.
   * Without it `private_key_jwt` and `client_secret_jwt` are not available.
   */
  readonly issuer?: string | undefined
  /** Whether the issuer may be an `http:` URL on loopback, for development. Default `false`. */
  readonly allowHttpOnLoopback?: boolean | undefined
  /**
   * The only origins that may use `http:`, such as `['http://as:8080']` inside a cluster or a compose file.
   *
   * Security: secrets cross the connection unprotected. List only origins inside a network that you trust.
   */
  readonly allowHttpOrigins?: readonly string[] | undefined
  /**
   * The protected resources that may follow. Give the registry of the introspection endpoint. `realm` is `revocation feed` by
   * default here.
   */
  readonly clientAuthentication: ClientAuthenticationOptions
  readonly request?: RequestOptions | undefined
  readonly feed?: FeedOptions | undefined
  readonly response?: ResponseOptions | undefined
  /**
   * The longest time for each of your functions (registry, log), in milliseconds. A function that takes longer is answered 503.
   * Default 2000, from 10 to 60000.
   */
  readonly timeoutMs?: number | undefined
  /** Receives one event per question, and one per stream when it ends. Events contain no key, no position and no secret. */
  readonly onEvent?: OnEvent<RevocationFeedEvent> | undefined
  /**
   * Receives warnings that an operator should look at: about a log or a registry that fails, about a wrong registration, and
   * everything that `warning` events report. There is at most one warning per code and minute. Without `onEvent` the default is
   * `process.emitWarning` on Node and `console.warn` elsewhere. With `onEvent` there are no warnings by default. `false` switches
   * them off.
   */
  readonly onWarning?: OnWarning | false | undefined
  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The defaults of options that the introspection handler does not share. */
const revocationFeedDefaults = Object.freeze({
  clientAuthentication: Object.freeze({ realm: 'revocation feed' }),
  feed: feedDefaults,
} as const)

/** Reads the options once into the values that each step needs. */
export function resolveRevocationFeedOptions(options: RevocationFeedHandlerOptions): RevocationFeedSteps {
  const group = new OptionGroup('', options, [
    'store',
    'source',
    'issuer',
    ...URL_RULE_OPTIONS,
    'clientAuthentication',
    'request',
    'feed',
    'response',
    'timeoutMs',
    'onEvent',
    'onWarning',
    'now',
  ])
  const now = group.function<() => number>('now') ?? Date.now
  const timeoutMs = resolveTimeoutMs(group)
  const source = resolveSource(group)
  const issuer = group.string('issuer')
  const urlRules = resolveUrlRules(group)
  if (issuer !== undefined && !isIssuer(issuer, urlRules)) {
    throw group.error(
      'issuer',
      `must be an https URL without query and fragment (RFC 8414 §2)${httpRemedy(issuer, group)}`,
    )
  }
  const onEvent = group.function<OnEvent<RevocationFeedEvent>>('onEvent')
  const { warn, warnOfError } = resolveWarnings(group, { issuer, now, onEvent })
  const { challenge, ...clientAuthentication } = resolveClientAuthentication(
    group.raw('clientAuthentication'),
    {
      list: 'protectedResources',
      find: 'findProtectedResource',
      reader: protectedResourceReader(),
      realm: revocationFeedDefaults.clientAuthentication.realm,
    },
    { issuer, urlRules, timeoutMs, now, warn },
  )
  const retryAfterSeconds = resolveRetryAfterSeconds(
    new OptionGroup('response', group.raw('response'), ['retryAfterSeconds']),
  )
  return Object.freeze({
    urlRules,
    request: { ...resolveRequest(group.raw('request')), offered: [] },
    clientAuthentication,
    feed: resolveFeed(group.raw('feed'), { source, timeoutMs, now, retryAfterSeconds }),
    response: { challenge, retryAfterSeconds, methods: FEED_METHODS },
    onEvent,
    warnOfError,
  })
}

function resolveSource(group: OptionGroup): RevocationSource {
  if (group.has('store') === group.has('source')) throw group.error('source', 'give either this or store')
  const source = group.seam<RevocationSource>('source', 'readAfter', 'onAppended')
  if (source !== undefined) return source
  const { revocations } = group.raw('store') as { readonly revocations?: RevocationSource }
  if (revocations === undefined) throw group.error('store', 'has no log: create it with the option revocationLog')
  return revocations
}
