/** Reads the options of step `transport`, and puts its parts together. */
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
import { isEndpoint } from './is-endpoint.ts'
import type { EndpointUse } from './metadata/endpoint-of.ts'
import { IssuerMetadata } from './metadata/issuer-metadata.ts'
import { METADATA_OPTIONS, type MetadataSurroundings, resolveMetadata } from './metadata/metadata-options.ts'
import { OUTAGE_OPTIONS, type OutageSurroundings, resolveOutage } from './outage/outage-options.ts'
import { probeEndpoint } from './outage/probe-endpoint.ts'
import { sendPast } from './outage/send-past.ts'
import { resolveRequestHeaders } from './request-headers.ts'
import { type RetrySettings, withRetry } from './outage/retry.ts'
import type { Send, TransportRequest } from './transport.ts'
import { transportDefaults } from './transport-options.ts'
import type { EndpointSource, TransportStep } from './transport-step.ts'

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
