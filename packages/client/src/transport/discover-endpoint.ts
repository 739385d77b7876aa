/** Step `transport`: where an endpoint is, from the issuer's metadata (RFC 8414 §3, OpenID Connect Discovery). */
import {
  type AuthorizationServerMetadata,
  authorizationServerMetadataUrls,
  JSON_MEDIA_TYPE,
  parseAuthorizationServerMetadata,
  ResponseMalformedError,
  type UrlRules,
} from '@token-introspection/core'
import { ResponseUntrustedError, TransportEndpointMissingError, TransportStatusError } from '../errors.ts'
import type { Deadline, Deadlines } from './deadline.ts'
import { isEndpoint } from './is-endpoint.ts'
import { readJsonReply } from './read-reply.ts'
import type { Send } from './transport.ts'

/** What discovery needs. */
export interface DiscoverySettings {
  readonly issuer: string
  readonly urlRules: UrlRules
  readonly send: Send
  readonly deadlines: Deadlines
  readonly maxResponseBytes: number
  /** Whether the connection authenticates the client; its endpoint may be another (RFC 8705 §5). Default `false`. */
  readonly withCertificate?: boolean | undefined
}

/** Finds the introspection endpoint once; a failure is not remembered. */
export class EndpointDiscovery {
  readonly #settings: DiscoverySettings
  #endpoint: string | undefined
  #flight: Promise<string> | undefined

  constructor(settings: DiscoverySettings) {
    this.#settings = settings
  }

  /** The endpoint, once it is known. */
  get known(): string | undefined {
    return this.#endpoint
  }

  /** Waits for the endpoint, no longer than the deadline; all who wait share one request. */
  find(deadline: Deadline): Promise<string> {
    this.#flight ??= this.#discover().finally(() => {
      this.#flight = undefined
    })
    return deadline.race(this.#flight)
  }

  async #discover(): Promise<string> {
    this.#endpoint = await discoverEndpoint('introspection_endpoint', this.#settings)
    return this.#endpoint
  }
}

/** Finds an endpoint by its name in the metadata. */
export async function discoverEndpoint(name: string, settings: DiscoverySettings): Promise<string> {
  // Its own deadline: the one who came first may give up without failing the others.
  const deadline = settings.deadlines.start()
  try {
    return endpointOf(name, await fetchMetadata(settings, deadline), settings)
  } finally {
    deadline.settle()
  }
}

/** Tries each well-known place; only "not there" leads to the next, a wrong document never does (RFC 8414 §5). */
async function fetchMetadata(settings: DiscoverySettings, deadline: Deadline): Promise<AuthorizationServerMetadata> {
  const urls = authorizationServerMetadataUrls(settings.issuer)
  for (const url of urls) {
    const reply = await settings.send({
      method: 'GET',
      url,
      headers: { accept: JSON_MEDIA_TYPE, 'accept-encoding': 'identity' },
      body: undefined,
      maxResponseBytes: settings.maxResponseBytes,
      cancellation: deadline,
    })
    if (isAbsent(reply.status)) continue
    return parseAuthorizationServerMetadata(readJsonReply(reply, `metadata at ${url}`), settings.issuer)
  }
  throw new TransportStatusError(`no metadata at ${urls.join(' or ')}: check the issuer, or give the endpoint option`, {
    status: 404,
  })
}

/** Servers say "no such page" in several ways; an outage is not one of them. */
function isAbsent(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

function endpointOf(name: string, metadata: AuthorizationServerMetadata, settings: DiscoverySettings): string {
  const members: Readonly<Record<string, unknown>> = metadata
  const aliases: Readonly<Record<string, unknown>> = metadata.mtls_endpoint_aliases ?? {}
  // Without an alias the usual endpoint takes certificates as well (RFC 8705 §5).
  const endpoint = (settings.withCertificate === true ? aliases[name] : undefined) ?? members[name]
  if (endpoint === undefined) throw new TransportEndpointMissingError(missing(name, settings.issuer))
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
    throw new ResponseMalformedError(`authorization server metadata: ${name} is no URL`)
  if (!isEndpoint(new URL(endpoint), settings.urlRules)) {
    throw new ResponseUntrustedError(
      `the metadata names an ${name} that is no https URL without fragment and credentials (RFC 7662 §4)`,
    )
  }
  return endpoint
}

function missing(name: string, issuer: string): string {
  if (name !== 'introspection_endpoint') return `the metadata of ${issuer} names no ${name}; give it as an option`
  return (
    `the metadata of ${issuer} names no introspection_endpoint. If the server has one, give it as the ` +
    'endpoint option. If it has none, its access tokens are JWTs to be validated with its jwks_uri (often after ' +
    'asking for an audience), or opaque ones that only its userinfo_endpoint understands'
  )
}
