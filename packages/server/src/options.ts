/** Options of createIntrospectionHandler. Each step has its own options file. This file combines them. */
import {
  type ClaimsSchema,
  JSON_MEDIA_TYPE,
  JWT_INTROSPECTION_MEDIA_TYPE,
  type OnWarning,
  toNumericDate,
} from '@token-introspection/core'
import { OptionGroup, resolveUrlRules, URL_RULE_OPTIONS } from '@token-introspection/core/options'
import {
  authorizationDefaults,
  type AuthorizationOptions,
  resolveAuthorization,
} from './authorization/authorization-options.ts'
import {
  clientAuthenticationDefaults,
  type ClientAuthenticationOptions,
} from './client-authentication/client-authentication-options.ts'
import { resolveClientAuthentication } from './client-authentication/resolve-client-authentication.ts'
import { endpointDefaults, requireIssuer, resolveTimeoutMs } from './endpoint-options.ts'
import { protectedResourceReader } from './client-authentication/protected-resource.ts'
import { createBasicReadReporter, type OnEvent } from './events/events.ts'
import { resolveProof } from './feed/proof-options.ts'
import type { Steps } from './handle-introspection.ts'
import { requireBudget } from './limits/charge-budget.ts'
import { limitsDefaults, type LimitsOptions, resolveLimits } from './limits/limits-options.ts'
import { type LookupOptions, resolveLookup } from './lookup/lookup-options.ts'
import {
  type IntrospectionRequestOptions,
  requestDefaults,
  resolveIntrospectionRequest,
} from './request/request-options.ts'
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
import type { RevocationLog } from './stores/revocation-log.ts'

/** Options of {@link createIntrospectionHandler}. */
export interface IntrospectionHandlerOptions<Claims extends object = object> {
  /** The issuer identifier of this authorization server: an https URL (RFC 8414 §2). Every active answer contains it. */
  readonly issuer: string
  /**
   * Whether the issuer may be an `http:` URL on loopback, for development. Default `false`.
   *
   * Security: tokens and secrets cross the connection unprotected.
   */
  readonly allowHttpOnLoopback?: boolean | undefined
  /**
   * The only origins that may use `http:`, such as `['http://as:8080']` inside a cluster or a compose file.
   *
   * Security: tokens and secrets cross the connection unprotected. List only origins inside a network that you trust.
   */
  readonly allowHttpOrigins?: readonly string[] | undefined
  readonly clientAuthentication: ClientAuthenticationOptions
  readonly lookup: LookupOptions<Claims>
  /**
   * The log of revocations, for resource servers that follow the revocation feed. Without it the handler takes the log of
   * `lookup.store`, if that store has one. Set it when the tokens are found by `lookup.resolvers`, to the log of the store that keeps their revocations.
   *
   * With a log, a request with the parameter `revocation_position` gets an active answer with `revocation_keys` (the keys of every
   * event that can end the token) and, if the log had that position before the lookup began, `read_at` (the same position). Other
   * requests get the same octets as without a log. A position that is malformed or repeated counts as absent. If the log fails, or
   * takes longer than 250 milliseconds, the answer goes out without `read_at`, and a warning is reported.
   *
   * Security: `revocation_keys` do not depend on views, so two answers show whether two tokens have the same user, session or
   * grant, also with a pairwise `sub`. Only resource servers that send `revocation_position` see them.
   */
  readonly revocations?: RevocationLog | undefined
  /** The schema of extension claims: any Standard Schema. A record that does not fit is answered 500, never in part. */
  readonly claims?: ClaimsSchema<Claims> | undefined
  readonly request?: IntrospectionRequestOptions | undefined
  readonly limits?: LimitsOptions | undefined
  readonly authorization?: AuthorizationOptions | undefined
  readonly response?: IntrospectionResponseOptions | undefined
  /**
   * The longest time for each of your functions (registry, limiter, resolver, store, policy, view), in milliseconds. A function
   * that takes longer makes its step fail, which in most steps is answered 503. Default 2000, from 10 to 60000.
   */
  readonly timeoutMs?: number | undefined
  /** Receives one event per request. Events contain no token and no secret. */
  readonly onEvent?: OnEvent | undefined
  /**
   * Receives warnings that an operator should look at: about a store, a limiter, a registry or a key that fails, about a wrong
   * registration, and everything that `warning` events report. There is at most one warning per code and minute. Warnings contain
   * no token and no secret. Faults of callers, such as a 401, cause no warnings. Without `onEvent` the default is
   * `process.emitWarning` on Node and `console.warn` elsewhere. With `onEvent` there are no warnings by default, because it gets
   * every event. `false` switches them off.
   */
  readonly onWarning?: OnWarning | false | undefined
  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The default values of all options that have one. */
export const defaults = Object.freeze({
  ...endpointDefaults,
  request: requestDefaults,
  clientAuthentication: clientAuthenticationDefaults,
  limits: limitsDefaults,
  authorization: authorizationDefaults,
  response: Object.freeze({ ...responseDefaults, jwt: jwtResponseDefaults }),
} as const)

/** Reads the options once into the values that each step needs. */
export function resolveOptions<Claims extends object>(options: IntrospectionHandlerOptions<Claims>): Steps {
  const group = new OptionGroup('', options, [
    'issuer',
    ...URL_RULE_OPTIONS,
    'clientAuthentication',
    'lookup',
    'revocations',
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
  const urlRules = resolveUrlRules(group)
  const issuer = requireIssuer(group, urlRules)
  const timeoutMs = resolveTimeoutMs(group)
  const now = group.function<() => number>('now') ?? Date.now
  const response = new OptionGroup('response', group.raw('response'), ['retryAfterSeconds', 'jwt'])
  const jwt = resolveJwtResponse(response.raw('jwt'), {
    issuer,
    timeoutMs,
    now: () => toNumericDate(now()),
    // Used only by requests, when `clientAuthentication` exists. One loader serves assertions and encryption.
    jwks: { load: (holder, refresh) => clientAuthentication.jwksLoader.load(holder, refresh) },
  })
  const onEvent = group.function<OnEvent>('onEvent')
  const { warn, warnOfError } = resolveWarnings(group, { issuer, now, onEvent })
  const { maxTokenLength, ...request } = resolveIntrospectionRequest(group.raw('request'))
  const { store, ...lookup } = resolveLookup(group.raw('lookup'), {
    now: () => toNumericDate(now()),
    timeoutMs,
    warn,
    maxTokenLength,
  })
  const limits = resolveLimits(group.raw('limits'), { timeoutMs, now })
  const { challenge, ...clientAuthentication } = resolveClientAuthentication(
    group.raw('clientAuthentication'),
    {
      list: 'protectedResources',
      find: 'findProtectedResource',
      reader: protectedResourceReader((protectedResource, entry) => checkJwtPreferences(protectedResource, entry, jwt)),
      realm: defaults.clientAuthentication.realm,
    },
    {
      issuer,
      urlRules,
      timeoutMs,
      now,
      warn,
      onBasicRead: createBasicReadReporter(onEvent),
      requireBudget: (protectedResource) => requireBudget(protectedResource, limits),
    },
  )
  const claims = resolveClaims(group)
  return Object.freeze({
    urlRules,
    request: { ...request, offered: offeredMediaTypes(jwt) },
    clientAuthentication,
    limits,
    lookup,
    feed: resolveProof(group, store, { timeoutMs, now, warn }),
    authorization: resolveAuthorization(group.raw('authorization'), { timeoutMs, warn }),
    response: {
      issuer,
      claims,
      // Answers are not remembered with a schema, because a schema may depend on the clock or on other data.
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

/** JSON comes first, because callers that accept both equally get JSON. */
function offeredMediaTypes(jwt: JwtResponseStep | undefined) {
  return jwt === undefined ? ([JSON_MEDIA_TYPE] as const) : ([JSON_MEDIA_TYPE, JWT_INTROSPECTION_MEDIA_TYPE] as const)
}

function resolveClaims(group: OptionGroup): ClaimsSchema | undefined {
  const claims = group.raw('claims') as ClaimsSchema | undefined
  if (claims !== undefined && typeof claims?.['~standard']?.validate !== 'function') {
    throw group.error('claims', 'must be a Standard Schema, such as z.object({ tenant: z.string() })')
  }
  return claims
}
