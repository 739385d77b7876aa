/** Options of IntrospectionClient and its guards: their documentation, their defaults, and how they are read. */
import {
  type ClaimsSchema,
  createWarner,
  isIntrospectionError,
  type OnWarning,
  toNumericDate,
  type Warning,
  withoutCode,
  withoutQuery,
} from '@token-introspection/core'
import { showWarning } from '#diagnostics'
import { OptionGroup } from '@token-introspection/core/options'
import { applyProvider, type ResolvedProvider } from './providers/apply-provider.ts'
import { createDescription } from './events/describe-client.ts'
import { cacheDefaults, type CacheOptions, resolveCache } from './cache/cache-options.ts'
import { SingleFlight } from './cache/single-flight.ts'
import { EventReporter } from './events/event-reporter.ts'
import type { OnEvent } from './events/events.ts'
import type { Steps } from './introspect.ts'
import type { JwtStep } from './jwt/answer-locally.ts'
import { jwtDefaults, type JwtOptions, resolveJwt } from './jwt/jwt-options.ts'
import { createAnswerFaultReporter } from './response/answer-fault.ts'
import { createJudge } from './response/judge-response.ts'
import { AudienceRefusals } from './policy/audience-refusals.ts'
import { refuseTwoAudiences } from './policy/refuse-two-audiences.ts'
import { onceAMinute } from './events/once-a-minute.ts'
import {
  type ClientPolicyOptions,
  type InheritedPolicy,
  policyDefaults,
  resolvePolicyDefaults,
} from './policy/policy-options.ts'
import type { LocalProvider, Provider } from './providers/provider.ts'
import { resolveResponse, responseDefaults, type ResponseOptions } from './response/response-options.ts'
import { tolerate } from './response/tolerate.ts'
import type { ResponseStep } from './response/validate-response.ts'
import { createFingerprint, shortFingerprint, tokenPart } from './token/fingerprint-token.ts'
import { type ResolvedTokenOptions, resolveToken, tokenDefaults, type TokenOptions } from './token/token-options.ts'
import type { ClientAuthentication } from './transport/client-authentication/client-authentication.ts'
import { ServerClock } from './transport/server-clock.ts'
import type { TransportStep } from './transport/transport-step.ts'
import { resolveTransport, transportDefaults, type TransportOptions } from './transport/transport-options.ts'
import type { RevocationFollower } from './revocations/revocation-follower.ts'
import type { FeedChange } from './revocations/follow-revocations.ts'
import { TouchedSlots } from './revocations/touched-slots.ts'
import {
  checkKeySecret,
  type Followed,
  followRevocations,
  readFollower,
  toStep,
  type OnFeedChange,
} from './revocations/revocations-options.ts'
import { resolveWatch, watchDefaults, type WatchLimits, type WatchOptions } from './watch/watch-options.ts'

/** Options of {@link IntrospectionClient}. Give `issuer`, `endpoint` or both, or a `provider` that has them. */
export interface IntrospectionClientOptions<Claims extends object = object> {
  /**
   * A preset for your authorization server, such as `keycloak({ url, realm })` of
   * `@token-introspection/client/providers`. Options beside it replace those of the preset, key by key. Default none.
   */
  readonly provider?: Provider | undefined
  /** The authorization server. Its metadata name the introspection endpoint (RFC 8414 §2). */
  readonly issuer?: string | undefined
  /** The introspection endpoint, when there are no metadata or the endpoint is reached at another address. */
  readonly endpoint?: string | undefined
  /** How this resource server authenticates, such as `clientSecretBasic('orders-api', secret)`. */
  readonly clientAuthentication: ClientAuthentication
  /** The schema of extension claims, any Standard Schema. An answer that does not fit it is malformed. */
  readonly claims?: ClaimsSchema<Claims> | undefined
  readonly token?: TokenOptions | undefined
  /** The cache. Default off: every token is asked about every time. `{}` turns the cache on. */
  readonly cache?: CacheOptions | undefined
  /** Verify JWT access tokens with the issuer's keys. Default off: every token is introspected. */
  readonly jwt?: JwtOptions | undefined
  /**
   * The feed of revocations that the client follows, such as `followFeed()` of `@token-introspection/client/revocations`.
   * It turns the cache on. A revocation then makes remembered answers void within milliseconds, and answers are used for
   * `cache.maxAgeWhileConnectedSeconds`. When the feed fails, the cache works as without one. Default none.
   *
   * JWTs that the client does not introspect (`jwt.mode` `local` or `local-or-introspect`) need `followFeed({ keySecret })`.
   * The client then finds by itself which events name a JWT. It refuses such a JWT, or introspects it if the mode allows
   * that. In the mode `local`, the option without the secret is a `TypeError`.
   */
  readonly revocations?: RevocationFollower | undefined
  readonly transport?: TransportOptions | undefined
  readonly response?: ResponseOptions | undefined
  /**
   * The audience of this resource server, or several: the same as `policy.audience`. Give one of them. Default none: then each
   * guard needs one.
   */
  readonly audience?: ClientPolicyOptions['audience']
  readonly policy?: ClientPolicyOptions | undefined
  /** How often the client checks the tokens of long-lived connections. */
  readonly watch?: WatchOptions | undefined
  /**
   * Gets one event for each thing that happened, with no token and no secret in it. On Node, Bun and Deno, subscribers
   * of the diagnostics channel `token-introspection:client` get the same events. Default none.
   */
  readonly onEvent?: OnEvent | undefined
  /**
   * Gets warnings for the operator: refused credentials, an authorization server that is down, a store that fails, a
   * clock that differs from that of the authorization server (`clock_differs`), a clock that makes tokens inactive which the
   * server calls active (`answer_unusable`), an audience that no token has (`audience_differs`). There is at most one warning a
   * minute per code and endpoint, with no token and no secret in it. Default with `onEvent`: no warnings, because
   * events report the same. Default without it: `process.emitWarning` on Node and `console.warn` elsewhere. `false`
   * switches warnings off.
   */
  readonly onWarning?: OnWarning | false | undefined
  /**
   * Milliseconds since the epoch. Default `Date.now`, which the client compares with the clock of the authorization server. It
   * does not compare a clock of yours.
   */
  readonly now?: (() => number) | undefined
}

/**
 * The options of a client that never introspects, and so needs no client authentication: `jwt.mode` is `local`, in the
 * options or in the preset of a server without introspection, such as `auth0({ domain })`.
 */
export type LocalClientOptions<Claims extends object = object> = Omit<
  IntrospectionClientOptions<Claims>,
  'clientAuthentication'
> &
  ({ readonly jwt: JwtOptions & { readonly mode: 'local' } } | { readonly provider: LocalProvider })

/**
 * Requires the option `claims` of a client that names the type of its claims, so that no type is promised which nobody checks.
 * `object` is the type of claims without a schema.
 */
export type ClaimsAreChecked<Claims extends object> = object extends Claims
  ? unknown
  : { readonly claims: ClaimsSchema<Claims> }

/** The default of every option that has one. */
export const defaults = Object.freeze({
  token: tokenDefaults,
  cache: cacheDefaults,
  jwt: jwtDefaults,
  transport: transportDefaults,
  response: responseDefaults,
  policy: policyDefaults,
  watch: watchDefaults,
} as const)

/** The resolved options. */
export interface ResolvedOptions {
  readonly steps: Steps
  readonly policy: InheritedPolicy
  /** Counts the refusals of guards for the audience. */
  readonly audiences: AudienceRefusals
  readonly sources: ResolvedTokenOptions['sources']
  readonly watch: WatchLimits
  readonly reporter: EventReporter
  /** The feed of revocations; `undefined` when the client follows none. */
  readonly followed: Followed | undefined
  /** Tells the watches which keys an event touched. */
  readonly touched: TouchedSlots
}

/** Reads the options once and resolves them for each step. */
export function resolveOptions<Claims extends object>(
  options: IntrospectionClientOptions<Claims> | LocalClientOptions<Claims>,
): ResolvedOptions {
  // A preset may have `policy.audience` too, which the option replaces, so the options are read before the preset.
  refuseTwoAudiences(options)
  const group = new OptionGroup('', applyProvider(options), [
    'provider',
    'issuer',
    'endpoint',
    'clientAuthentication',
    'claims',
    'audience',
    'token',
    'cache',
    'jwt',
    'revocations',
    'transport',
    'response',
    'policy',
    'watch',
    'onEvent',
    'onWarning',
    'now',
  ])
  const provider = group.raw('provider') as ResolvedProvider | undefined
  const { maxBytes, tokenTypeHint, sources } = resolveToken(group)
  const nowMs = group.function<() => number>('now') ?? Date.now
  const reporter = new EventReporter(
    group.function<OnEvent>('onEvent'),
    createDescription(() => transport),
  )
  const notice = resolveWarnings(group, nowMs, () => transport.endpoint.known)
  const warn =
    notice &&
    ((error: unknown): void => {
      if (isIntrospectionError(error)) notice(error)
    })
  const transport = resolveTransport(group, {
    assertion: provider?.assertion,
    onCircuitChange: (url, tokens, state, openMs) =>
      reporter.report({ type: 'circuit_changed', endpoint: withoutQuery(url), tokens, state, openMs }),
    onMetadataFailure: (error) => {
      warn?.(error)
      if (isIntrospectionError(error)) reporter.report({ type: 'metadata_failed', error })
    },
  })
  // A key fetch serves all waiting calls and is about no token.
  const forKeys = { ...transport, send: transport.sendOwn, deadlines: transport.sharedDeadlines }
  const isDue = onceAMinute(nowMs)
  const response = resolveResponse(group, forKeys, {
    onUnreadable: (members) => {
      // Only a few registered names may be left out, so the set stays small.
      if (isDue(members.toSorted().join())) reporter.report({ type: 'members_unreadable', members })
    },
    onUnusable: createAnswerFaultReporter((fault) => {
      reporter.report({ type: 'answer_unusable', ...fault })
      // Strangers can cause the other reason with a token of any kind.
      if (fault.reason !== 'unsupported_token_type') notice?.({ code: 'answer_unusable', message: fault.message })
    }, nowMs),
  })
  const serverClock = group.has('now')
    ? undefined
    : new ServerClock({
        nowMs,
        toleranceSeconds: Math.max(CLOCK_TOLERANCE_SECONDS, response.leewaySeconds),
        report: (told) => {
          reporter.report({ type: 'clock_differs', ...told })
          notice?.({ code: 'clock_differs', message: told.message })
        },
      })
  const audiences = new AudienceRefusals((message) => {
    reporter.report({ type: 'audience_differs', message })
    notice?.({ code: 'audience_differs', message })
  }, nowMs)
  const { tolerance } = response
  const follower = readFollower(group)
  const jwt = resolveJwt(group, {
    ...forKeys,
    makesRevocationKeys: follower?.keyOf !== undefined,
    ...response,
    nowMs,
    answerKind: provider?.answerKind,
    right: tolerance && ((claims) => tolerate(claims, tolerance)),
    report: (fault) => reporter.report({ type: 'jwt_unusable', ...fault }),
    reportInactive: (fingerprint) =>
      reporter.report({ type: 'jwt_sample_inactive', fingerprint: shortFingerprint(fingerprint) }),
  })
  const judge = createJudge(response)
  if (follower !== undefined) checkKeySecret(group, follower, jwt)
  const onChange: OnFeedChange = (change, error, url) => {
    const warning = error ?? FEED_WARNINGS[change]
    if (warning !== undefined) notice?.(warning, () => url)
    reporter.report({ type: 'feed_changed', change, endpoint: url && withoutQuery(url), error })
  }
  const touched = new TouchedSlots()
  let followed: Followed | undefined
  const cache = resolveCache(group, {
    follow:
      follower &&
      ((limits) => {
        const memory = follower.keyOf && jwt?.memory
        const surroundings = { transport: forKeys, nowMs, ...limits, memory, onChange }
        followed = followRevocations(follower, surroundings, touched.report)
        return followed.feed
      }),
    nowMs,
    judge,
    tokenPart,
    onFailure: (error) => {
      warn?.(error)
      reporter.report({ type: 'cache_failed', error })
    },
  })
  const { issuer, accept, clientAuthentication } = transport
  const { clientId, method } = clientAuthentication
  const asksNobody = jwt?.asksAboutOpaque === false
  if (clientId === undefined && cache?.isShared === true && !asksNobody) {
    // Otherwise two resource servers could share answers, which may differ between them (RFC 7662 §2.2).
    throw group.error('cache.store', 'needs a client authentication with a client identifier')
  }
  const manner = mannerOf(tokenTypeHint, transport, response, jwt)
  const scope = { issuer, endpoint: transport.endpoint.known, clientId, method, accept, manner }
  const steps: Steps = {
    token: {
      maxBytes,
      fingerprint: createFingerprint(scope, cache?.keySecret),
      tokenTypeHint,
      onScheme: notice && (() => notice(WITH_SCHEME_WARNING)),
    },
    cache,
    flights: new SingleFlight(warn),
    revocations: followed && toStep(followed),
    judge,
    jwt,
    transport,
    response,
    serverClock,
    now: () => toNumericDate(nowMs()),
    nowMs,
  }
  return {
    steps,
    policy: resolvePolicyDefaults(group, transport.urlRules, nowMs),
    audiences,
    sources,
    watch: resolveWatch(group),
    reporter,
    followed,
    touched,
  }
}

const WITH_SCHEME_WARNING = {
  code: 'token_with_scheme',
  message:
    'introspect() was called with a text that begins with a scheme, such as "Bearer ". Pass the token alone, or let a guard read ' +
    'the request. Every such call says that the token is inactive, and no server is asked',
} as const

/** Clocks that differ by less are usual, and do little harm. */
const CLOCK_TOLERANCE_SECONDS = 10

/** The changes of a feed that an operator should know, although nothing has failed. */
const FEED_WARNINGS: Readonly<Partial<Record<FeedChange, Pick<Warning, 'code' | 'message'>>>> = {
  full: {
    code: 'revocations_full',
    message:
      'more was revoked than jwt.maxRevokedKeys allows, so the client has forgotten the oldest revocations. It refuses, or with ' +
      'jwt.mode local-or-introspect introspects, each JWT from before them. Raise jwt.maxRevokedKeys, or have the authorization ' +
      'server issue JWTs that live for a shorter time, and lower jwt.maxTokenAgeSeconds',
  },
  unconfirmed: {
    code: 'revocations_unconfirmed',
    message:
      'the introspection answers never confirm the position of the feed, so the client remembers them for cache.maxAgeSeconds ' +
      'only, as without a feed. Does the feed serve the same token store as the introspection endpoint, and has that store ' +
      'a revocation log?',
  },
}

/**
 * Warns.
 *
 * @param urlOf - the endpoint that the warning is about. Default the introspection endpoint.
 */
type Notice = (warning: Pick<Warning, 'code' | 'message'>, urlOf?: () => string | undefined) => void

/** Warns of failures and of events with that code; `undefined` when warnings are off. */
function resolveWarnings(
  group: OptionGroup,
  nowMs: () => number,
  endpoint: () => string | undefined,
): Notice | undefined {
  if (group.raw('onWarning') === false) return undefined
  const given = group.function<OnWarning>('onWarning')
  if (given === undefined && group.has('onEvent')) return undefined
  const warn = createWarner({ onWarning: given ?? showWarning, nowMs })
  return ({ code, message }, urlOf = endpoint) => {
    const url = urlOf()
    const where = url === undefined ? undefined : withoutQuery(url)
    const advice = given === undefined ? '. Set onEvent to hear of every failure, or onWarning: false for silence' : ''
    // Most messages of errors name the URL themselves.
    const place = where === undefined || message.includes(where) ? '' : `${where}: `
    warn({
      code,
      endpoint: where,
      message: `${place}${withoutCode(message, code)}${advice}`,
    })
  }
}

/**
 * The settings that every answer depends on, except issuer, endpoint and client identifier; `undefined` when all are
 * default.
 */
function mannerOf(
  tokenTypeHint: string | undefined,
  { parameters, headers, clientAuthentication }: Pick<TransportStep, 'parameters' | 'headers' | 'clientAuthentication'>,
  { tolerance, inactiveWhen, jwt: signed }: ResponseStep,
  jwt: JwtStep | undefined,
): string | undefined {
  // Other header fields may name a tenant, or choose a server behind a gateway.
  const { 'user-agent': _, ...fields } = headers ?? {}
  const sent = [sortedEntries(parameters), sortedEntries(fields)].map((each) => (each.length === 0 ? undefined : each))
  // One identifier may have access tokens of different scope, for which the server gives different answers.
  const { cacheKeyPart } = clientAuthentication
  const given = [tokenTypeHint, ...sent, cacheKeyPart, tolerance, inactiveWhen, signed?.manner, jwt?.manner]
  return given.every((part) => part === undefined) ? undefined : JSON.stringify(given.map((part) => part ?? null))
}

function sortedEntries(values: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(values ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
