/** Options of step `transport`. */
import { isIssuer, isLoopbackHost, JSON_MEDIA_TYPE, JWT_INTROSPECTION_MEDIA_TYPE } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createDefaultTransport } from '#default-transport'
import { isCertificateMethod } from './client-authentication/certificate-authentication.ts'
import type { ClientAuthentication } from './client-authentication/client-authentication.ts'
import { createClientContext } from './client-context.ts'
import { Deadlines } from './deadline.ts'
import { discoverEndpoint, type DiscoverySettings, EndpointDiscovery } from './discover-endpoint.ts'
import { type Fetch, fetchSend } from './fetch-send.ts'
import { isEndpoint } from './is-endpoint.ts'
import { resolveTls, type TlsOptions } from './tls-options.ts'
import type { Send, Transport } from './transport.ts'
import type { EndpointSource, TransportStep } from './transport-step.ts'

/** Step `transport`: how the authorization server is reached. */
export interface TransportOptions {
  /** Milliseconds a call may take, discovery included. Default 2000, from 50 to 60000. */
  readonly deadlineMs?: number | undefined
  /** Octets an answer may have. Default 65536, from 1024 to 1048576. */
  readonly maxResponseBytes?: number | undefined
  /** Connections per origin, on Node. Default 64, from 1 to 1024. */
  readonly maxConnections?: number | undefined
  /**
   * Allow `http:` to a host that is this machine by its name: `localhost`, `127.0.0.0/8`, `[::1]`. Default `false`.
   *
   * Security: tokens and secrets cross the connection unprotected.
   */
  readonly allowHttpOnLoopback?: boolean | undefined
  /** Client certificate and private authorities, for the default transport on Node. Neither `fetch` nor `send` beside it. */
  readonly tls?: TlsOptions | undefined
  /** A `fetch` to use instead of the default transport, for proxies and test doubles. Redirects are not followed. */
  readonly fetch?: Fetch | undefined
  /** Sends requests in a way of your own. Give this or `fetch`. */
  readonly send?: Send | undefined
}

/** The defaults of the step. */
export const transportDefaults = Object.freeze({
  deadlineMs: 2000,
  maxResponseBytes: 65_536,
  maxConnections: 64,
  allowHttpOnLoopback: false,
})

/** The step, from the options of the client. */
export function resolveTransport(options: OptionGroup): TransportStep {
  const group = new OptionGroup('transport', options.raw('transport'), [
    'deadlineMs',
    'maxResponseBytes',
    'maxConnections',
    'allowHttpOnLoopback',
    'tls',
    'fetch',
    'send',
  ])
  const deadlineMs = group.number('deadlineMs', { default: transportDefaults.deadlineMs, min: 50, max: 60_000 })
  const maxResponseBytes = group.integer('maxResponseBytes', {
    default: transportDefaults.maxResponseBytes,
    min: 1024,
    max: 1_048_576,
  })
  const urlRules = { allowHttpOnLoopback: group.boolean('allowHttpOnLoopback', transportDefaults.allowHttpOnLoopback) }
  const maxConnections = group.integer('maxConnections', {
    default: transportDefaults.maxConnections,
    min: 1,
    max: 1024,
  })
  const deadlines = new Deadlines(deadlineMs)
  const tls = resolveTls(group)
  const custom = customTransport(group)
  if (custom !== undefined && tls !== undefined) throw group.error('tls', 'is for the default transport')
  const transport = custom ?? createDefaultTransport({ maxConnections, connectTimeoutMs: deadlineMs, tls })
  const given = options.seam<ClientAuthentication>('clientAuthentication', 'authenticate')
  if (given === undefined) {
    throw options.error('clientAuthentication', 'is required, such as clientSecretBasic(clientId, clientSecret)')
  }
  const discovery = { send: transport.send, deadlines, maxResponseBytes, urlRules }
  const endpoint = resolveEndpoint(options, { ...discovery, withCertificate: isCertificateMethod(given.method) })
  const context = createClientContext({
    ...discovery,
    issuer: options.string('issuer'),
    hasClientCertificate: custom === undefined ? tls?.cert !== undefined : undefined,
    now: options.function<() => number>('now') ?? Date.now,
  })
  const clientAuthentication = given.prepare?.(context) ?? given
  return {
    ...transport,
    clientAuthentication,
    maxResponseBytes,
    accept: answerMediaType(options),
    issuer: options.string('issuer'),
    deadlines,
    urlRules,
    endpoint,
    findJwksUri: () => discoverEndpoint('jwks_uri', { ...discovery, issuer: options.string('issuer') ?? '' }),
  }
}

/** The one media type to ask for, so that no server can choose the other (RFC 9701 §4). */
function answerMediaType(options: OptionGroup): string {
  const response = options.raw('response') as { jwt?: unknown } | null | undefined
  return response?.jwt === undefined ? JSON_MEDIA_TYPE : JWT_INTROSPECTION_MEDIA_TYPE
}

function customTransport(group: OptionGroup): Transport | undefined {
  const fetch = group.function<Fetch>('fetch')
  const send = group.function<Send>('send')
  if (fetch !== undefined && send !== undefined) throw group.error('send', 'give this or fetch, not both')
  const custom = send ?? (fetch && fetchSend(fetch))
  // The deadline holds even when the function ignores its signal.
  return custom && { send: (request) => request.cancellation.race(custom(request)), close: () => Promise.resolve() }
}

function resolveEndpoint(options: OptionGroup, discovery: Omit<DiscoverySettings, 'issuer'>): EndpointSource {
  const { urlRules } = discovery
  const issuer = options.string('issuer')
  const endpoint = options.string('endpoint')
  if (issuer !== undefined && !isIssuer(issuer, urlRules)) {
    throw options.error('issuer', `must be an https URL without query and fragment (RFC 8414 §2)${httpHint(issuer)}`)
  }
  if (endpoint !== undefined) {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
    if (url === undefined || !isEndpoint(url, urlRules)) {
      throw options.error(
        'endpoint',
        `must be an https URL without fragment and credentials (RFC 7662 §4)${httpHint(endpoint)}`,
      )
    }
    return { known: url.href, find: () => Promise.resolve(url.href) }
  }
  if (issuer === undefined) throw options.error('issuer', 'give this, or endpoint')
  return new EndpointDiscovery({ issuer, ...discovery })
}

function httpHint(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol !== 'http:' || !isLoopbackHost(url.hostname)) return ''
  return '; for http on this machine set transport.allowHttpOnLoopback'
}
