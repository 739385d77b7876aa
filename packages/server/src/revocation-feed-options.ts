/** Options of createRevocationFeedHandler: documentation, defaults, and how they are read. */
import type { OnWarning } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { ClientAuthenticationOptions } from './client-authentication/client-authentication-options.ts'
import { type ProtectedResource, protectedResourceReader } from './client-authentication/protected-resource.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions, resolveEndpoint } from './endpoint-options.ts'
import type { OnEvent, RevocationFeedEvent } from './events/events.ts'
import { feedDefaults, type FeedOptions, resolveFeed } from './feed/feed-options.ts'
import { resolveSource } from './feed/resolve-source.ts'
import type { RevocationFeedSteps } from './handle-revocation-feed.ts'
import { FEED_METHODS } from './request/read-feed-request.ts'
import type { RevocationSource } from '@token-introspection/core/revocations'
import type { RevocationLog } from './stores/revocation-log.ts'

/** Options of {@link createRevocationFeedHandler}. Give exactly one of `store` and `source`. */
export interface RevocationFeedHandlerOptions extends EndpointOptions {
  /** The token store, created with `revocationLog`. */
  readonly store?: { readonly revocations?: RevocationLog | undefined } | undefined
  /** The log itself, for a relay or a log of your own. */
  readonly source?: RevocationSource | undefined
  /**
   * The protected resources that may follow. Give the registry of the introspection endpoint. `realm` is `revocation feed` by
   * default here.
   */
  readonly clientAuthentication: ClientAuthenticationOptions
  readonly feed?: FeedOptions | undefined
  /** Receives one event per question, and one per stream when it ends. Events contain no key, no position and no secret. */
  readonly onEvent?: OnEvent<RevocationFeedEvent> | undefined
  /**
   * Receives warnings that an operator should look at: about a log or a registry that fails, about a wrong registration, and
   * everything that `warning` events report. There is at most one warning per code and minute. Without `onEvent` the default is
   * `process.emitWarning` on Node and `console.warn` elsewhere. With `onEvent` there are no warnings by default. `false` switches
   * them off.
   */
  readonly onWarning?: OnWarning | false | undefined
}

/** The defaults of options that the introspection handler does not share. */
const revocationFeedDefaults = Object.freeze({
  clientAuthentication: Object.freeze({ realm: 'revocation feed' }),
  feed: feedDefaults,
} as const)

/** Reads the options once into the values that each step needs. */
export function resolveRevocationFeedOptions(options: RevocationFeedHandlerOptions): RevocationFeedSteps {
  const group = new OptionGroup('', options, ['store', 'source', ...ENDPOINT_OPTIONS, 'feed'])
  const source = resolveSource(group)
  const { steps, now, timeoutMs } = resolveEndpoint<ProtectedResource, RevocationFeedEvent>(group, {
    list: 'protectedResources',
    find: 'findProtectedResource',
    reader: protectedResourceReader(),
    realm: revocationFeedDefaults.clientAuthentication.realm,
  })
  const { retryAfterSeconds } = steps.response
  return Object.freeze({
    ...steps,
    feed: resolveFeed(group.raw('feed'), { source, timeoutMs, now, retryAfterSeconds }),
    response: { ...steps.response, methods: FEED_METHODS },
  })
}
