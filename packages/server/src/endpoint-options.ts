/** The options that the endpoints share, and how they are read. Introspection has more of them, and needs an issuer. */
import type { UrlRules } from '@token-introspection/core'
import { OptionGroup, resolveIssuer, resolveUrlRules, URL_RULE_OPTIONS } from '@token-introspection/core/options'
import { type Registry, resolveClientAuthentication } from './client-authentication/resolve-client-authentication.ts'
import type { Registered } from './client-authentication/registered.ts'
import { type BasicReadEvent, createBasicReadReporter, type OnEvent } from './events/events.ts'
import type { WarningEvent } from './events/warning.ts'
import { resolveWarnings } from './events/warning-options.ts'
import { type RequestOptions, resolveRequest } from './request/request-options.ts'
import { type ResponseOptions, resolveRetryAfterSeconds } from './response/response-options.ts'

/** The options of the revocation endpoint and of the revocation feed. */
export interface EndpointOptions {
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
   * Security: tokens and secrets cross the connection unprotected. List only origins inside a network that you trust.
   */
  readonly allowHttpOrigins?: readonly string[] | undefined
  readonly request?: RequestOptions | undefined
  readonly response?: ResponseOptions | undefined
  /**
   * The longest time for each of your functions (registry, store, log), in milliseconds. A function that takes longer is
   * answered 503. Default 2000, from 10 to 60000.
   */
  readonly timeoutMs?: number | undefined
  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Their defaults. */
export const endpointDefaults = Object.freeze({ allowHttpOnLoopback: false, timeoutMs: 2000 } as const)

/** The names of {@link EndpointOptions}, and of those that both endpoints have with other types. */
export const ENDPOINT_OPTIONS = [
  'issuer',
  ...URL_RULE_OPTIONS,
  'clientAuthentication',
  'request',
  'response',
  'timeoutMs',
  'onEvent',
  'onWarning',
  'now',
] as const

/**
 * Reads these options.
 *
 * @param registry - who may call the endpoint.
 * @returns the steps that both endpoints have, and the values that their other steps need.
 */
export function resolveEndpoint<Caller extends Registered, Event>(group: OptionGroup, registry: Registry<Caller>) {
  const now = group.function<() => number>('now') ?? Date.now
  const timeoutMs = resolveTimeoutMs(group)
  const urlRules = resolveUrlRules(group)
  const issuer = resolveIssuer(group, urlRules)
  const onEvent = group.function<OnEvent<Event | BasicReadEvent | WarningEvent>>('onEvent')
  const { warn, warnOfError } = resolveWarnings(group, { issuer, now, onEvent })
  const { challenge, ...clientAuthentication } = resolveClientAuthentication(
    group.raw('clientAuthentication'),
    registry,
    { issuer, urlRules, timeoutMs, now, warn, onBasicRead: createBasicReadReporter(onEvent) },
  )
  const response = new OptionGroup('response', group.raw('response'), ['retryAfterSeconds'])
  return {
    steps: {
      urlRules,
      request: { ...resolveRequest(group.raw('request')), offered: [] },
      clientAuthentication,
      response: { challenge, retryAfterSeconds: resolveRetryAfterSeconds(response) },
      onEvent,
      warnOfError,
    },
    now,
    timeoutMs,
    warn,
  }
}

/** Reads the time limit for functions of the application. */
export function resolveTimeoutMs(group: OptionGroup): number {
  return group.integer('timeoutMs', { default: endpointDefaults.timeoutMs, min: 10, max: 60_000 })
}

/** Reads the option `issuer`, which must be given. */
export function requireIssuer(group: OptionGroup, urlRules: UrlRules): string {
  const issuer = resolveIssuer(group, urlRules)
  if (issuer === undefined) throw group.error('issuer', 'is required, such as https://as.example.com')
  return issuer
}
