/** Step `transport`: one endpoint out of the metadata, where it may be believed. */
import {
  type AuthorizationServerMetadata,
  isPublicHost,
  ResponseMalformedError,
  type UrlRules,
} from '@token-introspection/core'
import { ResponseUntrustedError, TransportEndpointMissingError } from '../../errors.ts'
import { httpRemedy, OptionGroup } from '@token-introspection/core/options'
import { isEndpoint } from '../is-endpoint.ts'
import { insteadOfIntrospection } from '../servers-without-introspection.ts'

/** The group that messages name. */
const TRANSPORT = new OptionGroup('transport', undefined, [])

/** Which endpoint, and for whom. */
export interface EndpointUse {
  /** Its name in the metadata, such as `introspection_endpoint`. */
  readonly name: string
  /** Whether the connection authenticates the client; its endpoint may be another (RFC 8705 §5). Default `false`. */
  readonly withCertificate?: boolean | undefined
}

/** Which endpoints are believed. */
export interface EndpointRules {
  readonly issuer: string
  readonly urlRules: UrlRules
  /** The only origins an endpoint may have; without them any that is as public as the issuer. */
  readonly allowedEndpointOrigins: ReadonlySet<string> | undefined
}

/**
 * The URL of an endpoint.
 *
 * Security: whoever can change the metadata would have tokens and credentials sent to wherever they like, and requests
 * made from inside this network (RFC 8725bis §3.10). What a name resolves to is not looked at.
 *
 * @throws TransportEndpointMissingError when the metadata does not name it.
 * @throws ResponseMalformedError, ResponseUntrustedError when it is no URL, or not one to send a token to.
 */
export function endpointOf(use: EndpointUse, metadata: AuthorizationServerMetadata, rules: EndpointRules): string {
  const { name } = use
  const endpoint = named(use, metadata)
  if (endpoint === undefined) throw new TransportEndpointMissingError(missing(name, rules.issuer))
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) {
    throw new ResponseMalformedError(`authorization server metadata: ${name} is no URL`)
  }
  refuseUntrusted(name, new URL(endpoint), rules)
  return endpoint
}

/** Whether the metadata name an endpoint, be it one to be believed or not. */
export function namesEndpoint(use: EndpointUse, metadata: AuthorizationServerMetadata): boolean {
  return named(use, metadata) !== undefined
}

function named({ name, withCertificate }: EndpointUse, metadata: AuthorizationServerMetadata): unknown {
  const members: Readonly<Record<string, unknown>> = metadata
  const aliases: Readonly<Record<string, unknown>> = metadata.mtls_endpoint_aliases ?? {}
  // Without an alias the usual endpoint takes certificates as well (RFC 8705 §5).
  return (withCertificate === true ? aliases[name] : undefined) ?? members[name]
}

function refuseUntrusted(name: string, url: URL, rules: EndpointRules): void {
  if (!isEndpoint(url, rules.urlRules)) {
    throw new ResponseUntrustedError(
      `the metadata names an ${name} that is no https URL without fragment and credentials (RFC 7662 §4)${httpRemedy(url.href, TRANSPORT)}`,
    )
  }
  const { allowedEndpointOrigins: allowed } = rules
  if (allowed !== undefined) {
    if (allowed.has(url.origin)) return
    throw new ResponseUntrustedError(
      `the metadata names an ${name} at ${shown(url)}, which is not among transport.allowedEndpointOrigins`,
    )
  }
  // An issuer inside a network has its endpoints there as well.
  if (isPublicHost(url.hostname) || !isPublicHost(new URL(rules.issuer).hostname)) return
  throw new ResponseUntrustedError(
    `the metadata names an ${name} at ${shown(url)}, inside a network, though the issuer is outside. If it really is ` +
      `there, ${name === 'introspection_endpoint' ? 'give it as the endpoint option' : 'give it as an option'}, or put ` +
      'every origin that endpoints may have in transport.allowedEndpointOrigins',
  )
}

/** An origin is what the URL parser made of it, so it can be quoted; it may still be long. */
function shown({ origin }: URL): string {
  return origin.slice(0, 200)
}

function missing(name: string, issuer: string): string {
  if (name !== 'introspection_endpoint') return `the metadata of ${issuer} names no ${name}; give it as an option`
  const instead = insteadOfIntrospection(issuer)
  if (instead !== undefined) return `the metadata of ${issuer} names no introspection_endpoint. ${instead}`
  return (
    `the metadata of ${issuer} names no introspection_endpoint. If the server has one, give it as the ` +
    'endpoint option. If it has none, its access tokens are JWTs to be verified by option group jwt with its jwks_uri (often after ' +
    'asking for an audience), or opaque ones that only its userinfo_endpoint understands'
  )
}
