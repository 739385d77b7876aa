/** Options of createIntrospectionHandler: what each step takes stands beside the step; here they come together. */
import {
  type ClaimsSchema,
  isIssuer,
  JSON_MEDIA_TYPE,
  JWT_INTROSPECTION_MEDIA_TYPE,
  type OnWarning,
  toNumericDate,
} from '@token-introspection/core'
import { httpRemedy, OptionGroup, resolveUrlRules, URL_RULE_OPTIONS } from '@token-introspection/core/options'
import {
  authorizationDefaults,
  type AuthorizationOptions,
  resolveAuthorization,
} from './authorization/authorization-options.ts'
import {
  clientAuthenticationDefaults,
  type ClientAuthenticationOptions,
  resolveClientAuthentication,
} from './client-authentication/client-authentication-options.ts'
import { protectedResourceReader } from './client-authentication/protected-resource.ts'
import type { OnEvent } from './events/events.ts'
import type { Steps } from './handle-introspection.ts'
import { requireBudget } from './limits/charge-budget.ts'
import { limitsDefaults, type LimitsOptions, resolveLimits } from './limits/limits-options.ts'
import { type LookupOptions, resolveLookup } from './lookup/lookup-options.ts'
import { requestDefaults, type RequestOptions, resolveRequest } from './request/request-options.ts'
import {
  checkJwtPreferences,
  jwtResponseDefaults,
  type JwtResponseStep,
  resolveJwtResponse,
} from './response/jwt-response-options.ts'
import { createRememberedAnswers } from './response/remembered-answers.ts'
import {
  type IntrospectionResponseOptions,
  resolveRetryAfterSeconds,
  responseDefaults,
} from './response/response-options.ts'
import { resolveWarnings } from './events/warning-options.ts'

/** Options of {@link createIntrospectionHandler}. */
export interface IntrospectionHandlerOptions<Claims extends object = object> {
  /** The issuer identifier of this authorization server, an https URL (RFC 8414 §2). It stands in every active answer. */
  readonly issuer: string
  /**
   * Allow an `http:` issuer on loopback, for development. Default `false`.
   *
   * Security: tokens and secrets cross the connection unprotected.
   */
  readonly allowHttpOnLoopback?: boolean | undefined
  /**
   * Allow `http:` for exactly these origins, such as `['http://as:8080']` inside a cluster or a compose file. No other may be http.
   *
   * Security: tokens and secrets cross the connection unprotected. List only what is reached inside a network you trust.
   */
  readonly allowHttpOrigins?: readonly string[] | undefined
  readonly clientAuthentication: ClientAuthenticationOptions
  readonly lookup: LookupOptions<Claims>
  /** Extension claims as any Standard Schema; records that do not fit are answered 500, never half. */
  readonly claims?: ClaimsSchema<Claims> | undefined
  readonly request?: RequestOptions | undefined
  readonly limits?: LimitsOptions | undefined
  readonly authorization?: AuthorizationOptions | undefined
  readonly response?: IntrospectionResponseOptions | undefined
  /**
   * Milliseconds that each of your functions may take: registry, limiter, resolver, store, policy, view. One that takes
   * longer is a failure of its step, most of them answered 503. Default 2000, from 10 to 60000.
   */
  readonly timeoutMs?: number | undefined
  /** Told what happened, one event per request, with no token and no secret in it. */
  readonly onEvent?: OnEvent | undefined
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

/** The default of every option that has one. */
export const defaults = Object.freeze({
  allowHttpOnLoopback: false,
  timeoutMs: 2000,
  request: requestDefaults,
  clientAuthentication: clientAuthenticationDefaults,
  limits: limitsDefaults,
  authorization: authorizationDefaults,
  response: Object.freeze({ ...responseDefaults, jwt: jwtResponseDefaults }),
} as const)

/** Reads the options once into what each step needs. */
export function resolveOptions<Claims extends object>(options: IntrospectionHandlerOptions<Claims>): Steps {
  const group = new OptionGroup('', options, [
    'issuer',
    ...URL_RULE_OPTIONS,
    'clientAuthentication',
    'lookup',
    'claims',
    'request',
    'limits',
    'authorization',
    'response',
    'timeoutMs',
    'onEvent',
    'onWarning',
    'now',
  ])
  const issuer = group.string('issuer')
  const urlRules = resolveUrlRules(group)
  if (!isIssuer(issuer, urlRules)) {
    throw group.error(
      'issuer',
      `must be an https URL without query and fragment (RFC 8414 §2)${httpRemedy(issuer, group)}`,
    )
  }
  const timeoutMs = resolveTimeoutMs(group)
  const now = group.function<() => number>('now') ?? Date.now
  const response = new OptionGroup('response', group.raw('response'), ['retryAfterSeconds', 'jwt'])
  const jwt = resolveJwtResponse(response.raw('jwt'), {
    issuer,
    timeoutMs,
    now: () => toNumericDate(now()),
    // Asked once there are requests, by then it is there: one set serves assertions and encryption alike.
    jwks: { load: (holder, refresh) => clientAuthentication.jwksLoader.load(holder, refresh) },
  })
  const onEvent = group.function<OnEvent>('onEvent')
  const { warn, warnOfError } = resolveWarnings(group, { issuer, now, onEvent })
  const lookup = resolveLookup(group.raw('lookup'), { now: () => toNumericDate(now()), timeoutMs, warn })
  const limits = resolveLimits(group.raw('limits'), { timeoutMs, now })
  const { challenge, ...clientAuthentication } = resolveClientAuthentication(
    group.raw('clientAuthentication'),
    {
      list: 'protectedResources',
      find: 'findProtectedResource',
      reader: protectedResourceReader((protectedResource, entry) => checkJwtPreferences(protectedResource, entry, jwt)),
      realm: defaults.clientAuthentication.realm,
    },
    { issuer, timeoutMs, now, warn, requireBudget: (protectedResource) => requireBudget(protectedResource, limits) },
  )
  const claims = resolveClaims(group)
  return Object.freeze({
    urlRules,
    request: { ...resolveRequest(group.raw('request')), offered: offeredMediaTypes(jwt) },
    clientAuthentication,
    limits,
    lookup,
    authorization: resolveAuthorization(group.raw('authorization'), { timeoutMs, warn }),
    response: {
      issuer,
      claims,
      // A schema may look at the clock, or change its mind.
      remembered: claims === undefined ? createRememberedAnswers() : undefined,
      timeoutMs,
      jwt,
      challenge,
      retryAfterSeconds: resolveRetryAfterSeconds(response),
    },
    onEvent,
    warnOfError,
  })
}

/** JSON first: it is the answer for whoever accepts both alike. */
function offeredMediaTypes(jwt: JwtResponseStep | undefined) {
  return jwt === undefined ? ([JSON_MEDIA_TYPE] as const) : ([JSON_MEDIA_TYPE, JWT_INTROSPECTION_MEDIA_TYPE] as const)
}

/** How long a dependency of any endpoint may take. */
export function resolveTimeoutMs(group: OptionGroup): number {
  return group.integer('timeoutMs', { default: defaults.timeoutMs, min: 10, max: 60_000 })
}

function resolveClaims(group: OptionGroup): ClaimsSchema | undefined {
  const claims = group.raw('claims') as ClaimsSchema | undefined
  if (claims !== undefined && typeof claims?.['~standard']?.validate !== 'function') {
    throw group.error('claims', 'must be a Standard Schema, such as z.object({ tenant: z.string() })')
  }
  return claims
}
