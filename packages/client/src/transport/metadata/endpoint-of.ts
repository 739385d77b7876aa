/** Step `transport`: finds an endpoint in the metadata and checks whether to trust it. */
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

/** Which endpoint, and for which client. */
export interface EndpointUse {
  /** Its name in the metadata, such as `introspection_endpoint`. */
  readonly name: string
  /**
   * Whether the connection authenticates the client. Such clients may have another endpoint (RFC 8705 §5). Default
   * `false`.
   */
  readonly withCertificate?: boolean | undefined
  /**
   * Whether introspection works without it. Then no further metadata are fetched to find it, and metadata that no longer
   * name it are used. Default `false`.
   */
  readonly optional?: boolean | undefined
}

/** Where to give an endpoint that the metadata do not name, by its name there. */
const REMEDIES: Readonly<Record<string, string>> = {
  introspection_endpoint: 'give it as the endpoint option',
  token_endpoint: 'give it as clientCredentials({ tokenEndpoint })',
  jwks_uri: 'give it as the option jwksUri',
  revocation_feed_endpoint: 'give it as followFeed({ url })',
}

/** The rules that endpoints must meet. */
export interface EndpointRules {
  readonly issuer: string
  readonly urlRules: UrlRules
  /** The only origins that an endpoint may have. Without them any origin that is as public as the issuer. */
  readonly allowedEndpointOrigins: ReadonlySet<string> | undefined
}

/**
 * The URL of an endpoint.
 *
 * Security: an attacker who can change the metadata could otherwise have tokens and credentials sent to any host, and
 * cause requests from inside this network (RFC 8725bis §3.10). The check does not resolve host names.
 *
 * @throws TransportEndpointMissingError when the metadata do not name it.
 * @throws ResponseMalformedError, ResponseUntrustedError when it is not a URL, or a URL that must not get a token.
 */
export function endpointOf(use: EndpointUse, metadata: AuthorizationServerMetadata, rules: EndpointRules): string {
  const { name } = use
  const endpoint = named(use, metadata)
  if (endpoint === undefined) throw new TransportEndpointMissingError(missing(name, rules.issuer))
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) {
    throw new ResponseMalformedError(`authorization server metadata: ${name} is not a URL`)
  }
  refuseUntrusted(name, new URL(endpoint), rules)
  return endpoint
}

/** Whether the metadata name an endpoint, trusted or not. */
export function namesEndpoint(use: EndpointUse, metadata: AuthorizationServerMetadata): boolean {
  return named(use, metadata) !== undefined
}

function named({ name, withCertificate }: EndpointUse, metadata: AuthorizationServerMetadata): unknown {
  const members: Readonly<Record<string, unknown>> = metadata
  const aliases: Readonly<Record<string, unknown>> = metadata.mtls_endpoint_aliases ?? {}
  // Without an alias, the usual endpoint accepts certificates as well (RFC 8705 §5).
  return (withCertificate === true ? aliases[name] : undefined) ?? members[name]
}

function refuseUntrusted(name: string, url: URL, rules: EndpointRules): void {
  if (!isEndpoint(url, rules.urlRules)) {
    throw new ResponseUntrustedError(
      `the metadata name an ${name} that is not an https URL without fragment and credentials (RFC 7662 §4)${httpRemedy(url.href, TRANSPORT)}`,
    )
  }
  const { allowedEndpointOrigins: allowed } = rules
  if (allowed !== undefined) {
    if (allowed.has(url.origin)) return
    throw new ResponseUntrustedError(
      `the metadata name an ${name} at ${shown(url)}, which is not among transport.allowedEndpointOrigins`,
    )
  }
  // An issuer inside a network has its endpoints there as well.
  if (isPublicHost(url.hostname) || !isPublicHost(new URL(rules.issuer).hostname)) return
  throw new ResponseUntrustedError(
    `the metadata name an ${name} at ${shown(url)}, inside a network, but the issuer is outside. If it really is ` +
      `there, ${REMEDIES[name] ?? 'give it as an option'}, or put ` +
      'every origin that endpoints may have in transport.allowedEndpointOrigins',
  )
}

/** The origin comes from the URL parser, so it can be quoted. It may still be long. */
function shown({ origin }: URL): string {
  return origin.slice(0, 200)
}

function missing(name: string, issuer: string): string {
  if (name !== 'introspection_endpoint')
    return `the metadata of ${issuer} name no ${name}; ${REMEDIES[name] ?? 'give it as an option'}`
  const instead = insteadOfIntrospection(issuer)
  if (instead !== undefined) return `the metadata of ${issuer} name no introspection_endpoint. ${instead}`
  return (
    `the metadata of ${issuer} name no introspection_endpoint. If the server has one, give it as the ` +
    'endpoint option. If it has none, its access tokens are JWTs to be verified by option group jwt with its jwks_uri (often after ' +
    'asking for an audience), or opaque ones that only its userinfo_endpoint understands'
  )
}
