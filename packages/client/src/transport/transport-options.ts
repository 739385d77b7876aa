/** Options of step `transport`. */
import { JSON_MEDIA_TYPE, JWT_INTROSPECTION_MEDIA_TYPE, type UrlRules } from '@token-introspection/core'
import {
  httpRemedy,
  OptionGroup,
  resolveIssuer,
  resolveUrlRules,
  sayKind,
  URL_RULE_OPTIONS,
} from '@token-introspection/core/options'
import { isCertificateMethod } from './client-authentication/certificate-authentication.ts'
import {
  type ClientAuthentication,
  type ClientContext,
  readClientAuthentication,
} from './client-authentication/client-authentication.ts'
import { SentCredentials } from './sent-credentials.ts'
import { codedClientAuthentication } from './client-authentication/coded-client-authentication.ts'
import { checkParameters } from './build-request.ts'
import { chooseTransport } from './choose-transport.ts'
import { createClientContext } from './client-context.ts'
import { Deadlines } from './deadline.ts'
import type { Fetch } from './fetch-send.ts'
import { isEndpoint } from './is-endpoint.ts'
import type { EndpointUse } from './metadata/endpoint-of.ts'
import { IssuerMetadata } from './metadata/issuer-metadata.ts'
import {
  METADATA_OPTIONS,
  metadataDefaults,
  type MetadataOptions,
  type MetadataSurroundings,
  resolveMetadata,
} from './metadata/metadata-options.ts'
import {
  OUTAGE_OPTIONS,
  outageDefaults,
  type OutageOptions,
  type OutageSurroundings,
  resolveOutage,
} from './outage/outage-options.ts'
import { probeEndpoint } from './outage/probe-endpoint.ts'
import { sendPast } from './outage/send-past.ts'
import { resolveRequestHeaders } from './request-headers.ts'
import type { TlsOptions } from './tls-options.ts'
import { type RetrySettings, withRetry } from './outage/retry.ts'
import type { Dispatcher, Send, TransportRequest } from './transport.ts'
import type { EndpointSource, TransportStep } from './transport-step.ts'

/** Step `transport`: how the client reaches the authorization server. */
export interface TransportOptions extends OutageOptions, MetadataOptions {
  /** Milliseconds that a call may take, including discovery. Default 2000, from 50 to 60000. */
  readonly deadlineMs?: number | undefined
  /** The highest number of octets of an answer. Default 65536, from 1024 to 1048576. */
  readonly maxResponseBytes?: number | undefined
  /**
   * Allow `http:` to a host that is this machine by its name: `localhost`, `127.0.0.0/8`, `[::1]`. Default `false`.
   *
   * Security: tokens and secrets cross the connection unprotected.
   */
  readonly allowHttpOnLoopback?: boolean | undefined
  /**
   * Allow `http:` for exactly these origins, such as `['http://keycloak:8080']` inside a cluster or a compose file. Default none.
   *
   * Security: tokens and secrets cross the connection unprotected. List only origins inside a network that you trust.
   */
  readonly allowHttpOrigins?: readonly string[] | undefined
  /**
   * Parameters of every request, in addition to the token, such as the `client_id` or the token manager that some
   * servers require. Parameters of a call override them. Parameters that another option sets are not allowed. Default
   * none.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /**
   * Header fields of every request of the client, including those for metadata, keys and access tokens, for example for
   * a gateway. `user-agent` replaces the client's own, which is `token-introspection-client`. Fields that the client
   * sets itself, such as `authorization`, `content-type` or `host`, are not allowed. Default none.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * Client certificate and private authorities, for the default transport on Node. Not together with `fetch` or `send`.
   */
  readonly tls?: TlsOptions | undefined
  /**
   * The URL of an HTTP proxy, for the default transport on Node. Credentials in it are sent only to the proxy.
   *
   * `'environment'` uses the proxies of the environment: `HTTPS_PROXY` for https, `HTTP_PROXY` for http and when there
   * is no `HTTPS_PROXY`, and none for the hosts in `NO_PROXY` and for this machine. Names in lower case come first. The
   * client reads the variables once, when you create it. It does not need `NODE_USE_ENV_PROXY`, which is for the
   * `fetch` and `http` of Node. Default no proxy, whatever the environment says.
   */
  readonly proxy?: string | undefined
  /**
   * The path of a Unix socket, such as `/run/authorization-server.sock`, or the name of a Windows pipe, for the default
   * transport on Node. Every request of the client goes there. The URLs still decide scheme, `Host` and path. Not
   * together with `proxy`. Default none.
   */
  readonly socketPath?: string | undefined
  /**
   * An undici `Dispatcher` (7 or 8) for the requests, on Node: an `Agent`, a `ProxyAgent`, a `MockAgent`. You configure
   * and close it yourself, so `tls`, `proxy` and `socketPath` cannot be combined with it.
   */
  readonly dispatcher?: Dispatcher | undefined
  /**
   * A `fetch` to use in place of the default transport, for test doubles and other runtimes. The client does not follow
   * redirects.
   */
  readonly fetch?: Fetch | undefined
  /** Sends requests in your own way. Give this or `fetch`. */
  readonly send?: Send | undefined
}

/** The defaults of the step. */
export const transportDefaults = Object.freeze({
  deadlineMs: 2000,
  maxResponseBytes: 65_536,
  allowHttpOnLoopback: false,
  ...outageDefaults,
  ...metadataDefaults,
})

/** The settings around the options. */
export interface TransportSurroundings extends OutageSurroundings, MetadataSurroundings {
  /** The assertion options of the preset. */
  readonly assertion?: ClientContext['assertion']
}

/** Resolves the step from the options of the client. */
export function resolveTransport(options: OptionGroup, surroundings: TransportSurroundings): TransportStep {
  const group = new OptionGroup('transport', options.raw('transport'), [
    'deadlineMs',
    'maxResponseBytes',
    ...URL_RULE_OPTIONS,
    'parameters',
    'headers',
    'tls',
    'proxy',
    'socketPath',
    'dispatcher',
    'fetch',
    'send',
    ...OUTAGE_OPTIONS,
    ...METADATA_OPTIONS,
  ])
  const deadlineMs = group.number('deadlineMs', { default: transportDefaults.deadlineMs, min: 50, max: 60_000 })
  const maxResponseBytes = group.integer('maxResponseBytes', {
    default: transportDefaults.maxResponseBytes,
    min: 1024,
    max: 1_048_576,
  })
  const urlRules = resolveUrlRules(group)
  const deadlines = new Deadlines(deadlineMs)
  const sharedDeadlines = new Deadlines(2 * deadlineMs)
  const outage = resolveOutage(group, surroundings)
  const { send, stream, close, hasClientCertificate } = chooseTransport(group, {
    maxConnections: outage.maxConcurrentRequests,
    connectTimeoutMs: deadlineMs,
  })
  const probe = (url: string): Promise<boolean> => probeEndpoint(url, { ...step, send })
  const transport = { send: outage.protect(send, probe), close }
  const given = resolveClientAuthentication(options)
  const issuer = resolveIssuer(options, urlRules, group)
  const now = options.function<() => number>('now') ?? Date.now
  // Work that calls share may last until the deadline of the last call that joined.
  const headers = resolveRequestHeaders(group)
  const named = addHeaders(transport.send, headers)
  const reach = { send: named, deadlines: sharedDeadlines, maxResponseBytes, urlRules }
  const rules = { ...resolveMetadata(group, urlRules), retry: outage.retry, onFailure: surroundings.onMetadataFailure }
  if (issuer === undefined && group.has('metadataUrl'))
    throw options.error('issuer', 'is required with transport.metadataUrl')
  const metadata = issuer === undefined ? undefined : new IssuerMetadata({ ...reach, ...rules, issuer, nowMs: now })
  const past = sendPast(send, outage.circuits)
  const watchedSend = metadata?.watch(transport.send) ?? transport.send
  const introspection = { name: 'introspection_endpoint', withCertificate: isCertificateMethod(given.method) }
  const endpoint = resolveEndpoint(options, group, urlRules, metadata?.source(introspection))
  const findEndpoint = async (use: EndpointUse): Promise<string> => {
    if (metadata === undefined) throw options.error('issuer', 'is required to find an endpoint')
    return metadata.find(use)
  }
  const sendOwn = retrying(metadata?.watch(named) ?? named, outage.retry)
  const credentials = new SentCredentials()
  const context = createClientContext({
    ...reach,
    credentials,
    send: sendOwn,
    issuer,
    hasClientCertificate,
    assertion: surroundings.assertion,
    now,
    findEndpoint,
    findSupportedMethods: async () => (await metadata?.document())?.introspection_endpoint_auth_methods_supported,
  })
  const clientAuthentication = codedClientAuthentication(given.prepare?.(context) ?? given)
  const step: TransportStep = {
    ...transport,
    send: watchedSend,
    sendOwn,
    sendPast: metadata?.watch(past) ?? past,
    sendUnnoticed: send,
    headers,
    retry: outage.retry,
    admission: outage.admission,
    circuits: outage.circuits,
    known: outage.known,
    clientAuthentication,
    credentials,
    maxResponseBytes,
    accept: answerMediaType(options),
    parameters: resolveParameters(group),
    issuer,
    deadlines,
    sharedDeadlines,
    urlRules,
    endpoint,
    metadata,
    feed: {
      send: addHeaders((request) => (metadata?.watch(send) ?? send)({ ...request, apart: true }), headers),
      stream: stream && addHeaders(metadata?.watch(stream) ?? stream, headers),
      findEndpoint: (name) =>
        findEndpoint({ name, withCertificate: isCertificateMethod(given.method), optional: true }),
    },
    findJwksUri: () => findEndpoint({ name: 'jwks_uri' }),
  }
  return step
}

/** Sends like `send`, with additional header fields. */
function addHeaders<Reply>(
  send: (request: TransportRequest) => Promise<Reply>,
  headers: Readonly<Record<string, string>>,
): (request: TransportRequest) => Promise<Reply> {
  return (request) => send({ ...request, headers: { ...headers, ...request.headers } })
}

/** Sends like `send`, and retries once after a passing failure. */
function retrying(send: Send, retry: RetrySettings | undefined): Send {
  return (request) =>
    withRetry(
      (freshConnection) => send(freshConnection ? { ...request, freshConnection } : request),
      request.cancellation,
      retry,
    )
}

/** A client that verifies every token locally sends no introspection request, so it needs no client authentication. */
const NEVER_USED: ClientAuthentication = Object.freeze({
  method: 'none',
  clientId: undefined,
  authenticate: () => undefined,
})

function resolveClientAuthentication(options: OptionGroup): ClientAuthentication {
  const given = readClientAuthentication(options)
  if (given !== undefined) return given
  const jwt = options.raw('jwt') as { mode?: unknown } | null | undefined
  const isLocal = jwt?.mode === 'local'
  if (isLocal && !options.has('revocations')) return NEVER_USED
  throw options.error(
    'clientAuthentication',
    `is required, such as clientSecretBasic(clientId, clientSecret), ${
      isLocal ? 'for a client that follows a feed of revocations' : 'unless jwt.mode is local'
    }`,
  )
}

function resolveParameters(group: OptionGroup): Readonly<Record<string, string>> | undefined {
  const parameters = group.raw('parameters')
  if (
    parameters !== undefined &&
    (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
  ) {
    throw group.error('parameters', `must be an object, not ${sayKind(parameters)}`)
  }
  return checkParameters(parameters as Record<string, string> | undefined, group.path('parameters'))
}

/** The one media type to request, so that the server cannot choose the other (RFC 9701 §4). */
function answerMediaType(options: OptionGroup): string {
  const response = options.raw('response') as { jwt?: unknown } | null | undefined
  return response?.jwt === undefined ? JSON_MEDIA_TYPE : JWT_INTROSPECTION_MEDIA_TYPE
}

/** The endpoint from the options, at any address, or the endpoint from the metadata. */
function resolveEndpoint(
  options: OptionGroup,
  group: OptionGroup,
  urlRules: UrlRules,
  discovered: EndpointSource | undefined,
): EndpointSource {
  const endpoint = options.string('endpoint')
  if (endpoint !== undefined) {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
    if (url === undefined || !isEndpoint(url, urlRules)) {
      throw options.error(
        'endpoint',
        `must be an https URL without fragment and credentials (RFC 7662 §4)${httpRemedy(endpoint, group)}`,
      )
    }
    return { known: url.href, find: () => Promise.resolve(url.href) }
  }
  if (discovered === undefined)
    throw options.error('issuer', 'is required, such as https://as.example.com, unless endpoint is given')
  return discovered
}
