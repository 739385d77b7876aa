/** Options of IntrospectionClient and its guards: documented, defaulted, read once. */
import {
  type ClaimsSchema,
  createWarner,
  isIntrospectionError,
  type OnWarning,
  toNumericDate,
  type Warning,
} from '@token-introspection/core'
import { showWarning } from '#diagnostics'
import { OptionGroup } from '@token-introspection/core/options'
import { applyProvider, type ResolvedProvider } from './providers/apply-provider.ts'
import { createDescription, withoutQuery } from './events/describe-client.ts'
import { cacheDefaults, type CacheOptions, resolveCache } from './cache/cache-options.ts'
import { SingleFlight } from './cache/single-flight.ts'
import { EventReporter } from './events/event-reporter.ts'
import type { OnEvent } from './events/events.ts'
import type { Steps } from './introspect.ts'
import type { JwtStep } from './jwt/answer-locally.ts'
import { jwtDefaults, type JwtOptions, resolveJwt } from './jwt/jwt-options.ts'
import { createAnswerFaultReporter } from './response/answer-fault.ts'
import { createJudge } from './response/judge-response.ts'
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
import { createFingerprint, tokenPart } from './token/fingerprint-token.ts'
import { type ResolvedTokenOptions, resolveToken, tokenDefaults, type TokenOptions } from './token/token-options.ts'
import type { ClientAuthentication } from './transport/client-authentication/client-authentication.ts'
import type { TransportStep } from './transport/transport-step.ts'
import { resolveTransport, transportDefaults, type TransportOptions } from './transport/transport-options.ts'
import { resolveWatch, watchDefaults, type WatchLimits, type WatchOptions } from './watch/watch-options.ts'

/** Options of {@link IntrospectionClient}. Give `issuer`, or `endpoint`, or both, or a `provider` that has them. */
export interface IntrospectionClientOptions<Claims extends object = object> {
  /**
   * What is known about your authorization server, such as `keycloak({ url, realm })` of
   * `@token-introspection/client/providers`. The options beside it win, key by key. Default none.
   */
  readonly provider?: Provider | undefined
  /** The authorization server, whose metadata names the introspection endpoint (RFC 8414 §2). */
  readonly issuer?: string | undefined
  /** The introspection endpoint, when there is no metadata or it is reached by another address. */
  readonly endpoint?: string | undefined
  /** How this resource server authenticates, such as `clientSecretBasic('orders-api', secret)`. */
  readonly clientAuthentication: ClientAuthentication
  /** Extension claims as any Standard Schema; answers that do not fit are malformed. */
  readonly claims?: ClaimsSchema<Claims> | undefined
  readonly token?: TokenOptions | undefined
  /** Off unless given: every token is asked about every time. `{}` turns it on. */
  readonly cache?: CacheOptions | undefined
  /** JWT access tokens are verified with the issuer's keys, and introspected or not. Without it every token is introspected. */
  readonly jwt?: JwtOptions | undefined
  readonly transport?: TransportOptions | undefined
  readonly response?: ResponseOptions | undefined
  readonly policy?: ClientPolicyOptions | undefined
  /** How often tokens are asked about that connections live by. */
  readonly watch?: WatchOptions | undefined
  /**
   * Told what happened, one event per thing that did, with no token and no secret in it. On Node, Bun and Deno subscribers of
   * the diagnostics channel `token-introspection:client` are told the same. Default nobody.
   */
  readonly onEvent?: OnEvent | undefined
  /**
   * Told what an operator should look at: credentials that are refused, an authorization server that is down, a store that
   * fails, a clock that makes tokens inactive which the server calls active (`answer_unusable`). One warning per code and endpoint, at most once a minute, with no token and no secret in it. Default, where
   * there is no `onEvent`, `process.emitWarning` on Node and `console.warn` elsewhere; where there is one, no warnings, because
   * it is told everything already. `false` switches them off.
   */
  readonly onWarning?: OnWarning | false | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * The same for a client that asks nobody, and so needs no client authentication: `jwt.mode` is `local`, here or in the preset
 * of a server without introspection, such as `auth0({ domain })`.
 */
export type LocalClientOptions<Claims extends object = object> = Omit<
  IntrospectionClientOptions<Claims>,
  'clientAuthentication'
> &
  ({ readonly jwt: JwtOptions & { readonly mode: 'local' } } | { readonly provider: LocalProvider })

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

/** What the options come to. */
export interface ResolvedOptions {
  readonly steps: Steps
  readonly policy: InheritedPolicy
  readonly sources: ResolvedTokenOptions['sources']
  readonly watch: WatchLimits
  readonly reporter: EventReporter
}

/** Reads the options once into what each step needs. */
export function resolveOptions<Claims extends object>(
  options: IntrospectionClientOptions<Claims> | LocalClientOptions<Claims>,
): ResolvedOptions {
  const group = new OptionGroup('', applyProvider(options), [
    'provider',
    'issuer',
    'endpoint',
    'clientAuthentication',
    'claims',
    'token',
    'cache',
    'jwt',
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
  // Keys are fetched for all who wait, and are about no token.
  const forKeys = { ...transport, send: transport.sendOwn, deadlines: transport.sharedDeadlines }
  const isDue = onceAMinute(nowMs)
  const response = resolveResponse(group, forKeys, {
    onUnreadable: (members) => {
      // A set of the few registered names that may be left out.
      if (isDue(members.toSorted().join())) reporter.report({ type: 'members_unreadable', members })
    },
    onUnusable: createAnswerFaultReporter((fault) => {
      reporter.report({ type: 'answer_unusable', ...fault })
      // Strangers can cause the other one, with a token of any kind.
      if (fault.reason !== 'unsupported_token_type') notice?.({ code: 'answer_unusable', message: fault.message })
    }, nowMs),
  })
  const { tolerance } = response
  const jwt = resolveJwt(group, {
    ...forKeys,
    ...response,
    nowMs,
    answerKind: provider?.answerKind,
    right: tolerance && ((claims) => tolerate(claims, tolerance)),
    report: (fault) => reporter.report({ type: 'jwt_unusable', ...fault }),
  })
  const judge = createJudge(response)
  const cache = resolveCache(group, {
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
    // Two resource servers could not be told apart, whose answers may differ (RFC 7662 §2.2).
    throw group.error('cache.store', 'needs a client authentication with a client identifier')
  }
  const manner = mannerOf(tokenTypeHint, transport, response, jwt)
  const scope = { issuer, endpoint: transport.endpoint.known, clientId, method, accept, manner }
  const steps: Steps = {
    token: {
      maxBytes,
      fingerprint: createFingerprint(scope, cache?.keySecret),
      tokenTypeHint,
    },
    cache,
    flights: new SingleFlight(warn),
    judge,
    jwt,
    transport,
    response,
    now: () => toNumericDate(nowMs()),
    nowMs,
  }
  return { steps, policy: resolvePolicyDefaults(group, nowMs), sources, watch: resolveWatch(group), reporter }
}

/** Warns of failures, and of what is told by an event of that code; `undefined` where nobody wants that. */
function resolveWarnings(
  group: OptionGroup,
  nowMs: () => number,
  endpoint: () => string | undefined,
): ((notice: Pick<Warning, 'code' | 'message'>) => void) | undefined {
  if (group.raw('onWarning') === false) return undefined
  const given = group.function<OnWarning>('onWarning')
  if (given === undefined && group.has('onEvent')) return undefined
  const warn = createWarner({ onWarning: given ?? showWarning, nowMs })
  return ({ code, message }) => {
    const url = endpoint()
    const where = url === undefined ? undefined : withoutQuery(url)
    const advice = given === undefined ? '. Set onEvent to hear of every failure, or onWarning: false for silence' : ''
    warn({ code, endpoint: where, message: `${where === undefined ? '' : `${where}: `}${message}${advice}` })
  }
}

/** What every answer depends on besides who asks whom; `undefined` when that is nothing out of the ordinary. */
function mannerOf(
  tokenTypeHint: string | undefined,
  { parameters, headers, clientAuthentication }: Pick<TransportStep, 'parameters' | 'headers' | 'clientAuthentication'>,
  { tolerance, inactiveWhen, jwt: signed }: ResponseStep,
  jwt: JwtStep | undefined,
): string | undefined {
  // Others may name a tenant, or choose a server behind a gateway.
  const { 'user-agent': _, ...fields } = headers ?? {}
  const sent = [sortedEntries(parameters), sortedEntries(fields)].map((each) => (each.length === 0 ? undefined : each))
  // One identifier may have tokens of different scope, which are shown different answers.
  const { cacheKeyPart } = clientAuthentication
  const given = [tokenTypeHint, ...sent, cacheKeyPart, tolerance, inactiveWhen, signed?.manner, jwt?.manner]
  return given.every((part) => part === undefined) ? undefined : JSON.stringify(given.map((part) => part ?? null))
}

function sortedEntries(values: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(values ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
