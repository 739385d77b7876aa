/** Reads the options of IntrospectionClient once, and puts its steps together. */
import { isIntrospectionError, toNumericDate, withoutQuery } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { applyProvider, type ResolvedProvider } from './providers/apply-provider.ts'
import { createDescription } from './events/describe-client.ts'
import { resolveCache } from './cache/cache-options.ts'
import { SingleFlight } from './cache/single-flight.ts'
import { EventReporter } from './events/event-reporter.ts'
import type { OnEvent } from './events/events.ts'
import { FEED_WARNINGS, resolveWarnings, WITH_SCHEME_WARNING } from './events/warnings.ts'
import type { Steps } from './introspect.ts'
import { resolveJwt } from './jwt/resolve-jwt.ts'
import { createAnswerFaultReporter } from './response/answer-fault.ts'
import { createJudge } from './response/judge-response.ts'
import { AudienceRefusals } from './policy/audience-refusals.ts'
import { refuseTwoAudiences } from './policy/refuse-two-audiences.ts'
import { onceAMinute } from './events/once-a-minute.ts'
import type { IntrospectionClientOptions, LocalClientOptions } from './options.ts'
import { type InheritedPolicy, resolvePolicyDefaults } from './policy/resolve-policy.ts'
import { resolveResponse } from './response/response-options.ts'
import { tolerate } from './response/tolerate.ts'
import { mannerOf } from './token/answer-manner.ts'
import { createFingerprint, shortFingerprint, tokenPart } from './token/fingerprint-token.ts'
import { type ResolvedTokenOptions, resolveToken } from './token/token-options.ts'
import { ServerClock } from './transport/server-clock.ts'
import { resolveTransport } from './transport/resolve-transport.ts'
import { TouchedSlots } from './revocations/touched-slots.ts'
import {
  checkKeySecret,
  type Followed,
  followRevocations,
  readFollower,
  toStep,
  type OnFeedChange,
} from './revocations/revocations-options.ts'
import { resolveWatch, type WatchLimits } from './watch/watch-options.ts'

/** Clocks that differ by less are usual, and do little harm. */
const CLOCK_TOLERANCE_SECONDS = 10

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
