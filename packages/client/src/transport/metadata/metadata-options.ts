/** Options of step `transport`: how long to use the issuer's metadata, and which of their endpoints to trust. */
import { isSecureUrl, type UrlRules } from '@token-introspection/core'
import { httpRemedy, type OptionGroup } from '@token-introspection/core/options'
import { isEndpoint } from '../is-endpoint.ts'

/** The options of step `transport` about the metadata of the issuer (RFC 8414). */
export interface MetadataOptions {
  /**
   * Seconds after which the next call that needs the metadata starts a new fetch, and still uses the old ones. If the
   * fetch fails, the client uses the old ones for up to another 24 hours. When an endpoint has moved (404, 405, 410, no
   * connection, no answer in time), the client fetches sooner, at most every 30 seconds. Default 3600, from 60 to
   * 86400.
   */
  readonly metadataMaxAgeSeconds?: number | undefined
  /**
   * The URL of the issuer's metadata, when they are at no well-known URL (RFC 8414 §3.1, OpenID Connect Discovery), or
   * only one URL is to be tried. An https URL. It needs `issuer`, which the metadata have to name. Default the
   * well-known URLs, one after the other until the documents name every needed endpoint.
   */
  readonly metadataUrl?: string | undefined
  /**
   * The origins, such as `https://as.example.com`, that endpoints from the metadata may have, including `jwks_uri`. The
   * client then calls no other origin, not even the issuer's own. Default any public origin, and any origin for an
   * issuer that is not public itself.
   *
   * Security: these are not public: private, loopback and link-local addresses, `localhost`, names that end in
   * `.internal` or `.local`, and names without a dot. The client does not resolve names for this check. Endpoints in
   * your options may have any origin.
   */
  readonly allowedEndpointOrigins?: readonly string[] | undefined
}

/** The names of the options. */
export const METADATA_OPTIONS = ['metadataMaxAgeSeconds', 'metadataUrl', 'allowedEndpointOrigins'] as const

/** Their defaults. */
export const metadataDefaults = Object.freeze({ metadataMaxAgeSeconds: 3600 })

/** The resolved options. */
export interface MetadataRules {
  readonly maxAgeMs: number
  readonly metadataUrl: string | undefined
  readonly allowedEndpointOrigins: ReadonlySet<string> | undefined
}

/** The settings around the options. */
export interface MetadataSurroundings {
  /** Gets the error when the metadata could not be fetched again. The old ones are used. */
  readonly onMetadataFailure: (error: unknown) => void
}

/** Reads the options from the group of the step. */
export function resolveMetadata(group: OptionGroup, urlRules: UrlRules): MetadataRules {
  const maxAgeSeconds = group.number('metadataMaxAgeSeconds', {
    default: metadataDefaults.metadataMaxAgeSeconds,
    min: 60,
    max: 86_400,
  })
  const origins = group.strings('allowedEndpointOrigins')
  if (origins !== undefined && (origins.length === 0 || !origins.every((origin) => isOrigin(origin, urlRules)))) {
    throw group.error('allowedEndpointOrigins', 'must be origins such as https://as.example.com, at least one')
  }
  const metadataUrl = group.string('metadataUrl')
  if (metadataUrl !== undefined && !(URL.canParse(metadataUrl) && isEndpoint(new URL(metadataUrl), urlRules))) {
    throw group.error(
      'metadataUrl',
      `must be an https URL without fragment and credentials${httpRemedy(metadataUrl, group)}`,
    )
  }
  return { metadataUrl, maxAgeMs: maxAgeSeconds * 1000, allowedEndpointOrigins: origins && new Set(origins) }
}

/**
 * The origin must be spelt as the URL parser writes it, because it is compared with the parser's output. An asterisk is
 * no wildcard, so it is refused.
 */
function isOrigin(value: string, urlRules: UrlRules): boolean {
  if (!URL.canParse(value) || value.includes('*')) return false
  const url = new URL(value)
  return url.origin === value && isSecureUrl(url, urlRules)
}
