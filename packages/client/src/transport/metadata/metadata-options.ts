/** Options of step `transport`: how long the issuer's metadata are believed, and which endpoints of it. */
import { isSecureUrl, type UrlRules } from '@token-introspection/core'
import { httpRemedy, type OptionGroup } from '@token-introspection/core/options'
import { isEndpoint } from '../is-endpoint.ts'

/** The part of the options of step `transport` that is about the metadata of the issuer (RFC 8414). */
export interface MetadataOptions {
  /**
   * Seconds after which the metadata are fetched again, by the first call that needs them, while that call still uses the
   * old ones. They are used for another 24 hours while they cannot be fetched. An endpoint that is gone (404, 405, 410, no
   * connection, no answer in time) has them fetched sooner, at most every 30 seconds. Default 3600, from 60 to 86400.
   */
  readonly metadataMaxAgeSeconds?: number | undefined
  /**
   * Where the metadata of the issuer are, when they are at none of the well-known places (RFC 8414 §3.1, OpenID Connect
   * Discovery), or only one place is to be looked at. An https URL; it needs `issuer`, which the metadata have to name.
   * Default the well-known places, one after the other until they name every endpoint that is needed.
   */
  readonly metadataUrl?: string | undefined
  /**
   * The origins, such as `https://as.example.com`, that endpoints named by the metadata may have, `jwks_uri` among them.
   * No other is asked then, not even the issuer's own. Default any public one, and any at all for an issuer that is not
   * public itself.
   *
   * Security: an address that is private, loopback or link-local, `localhost`, and names ending in `.internal` or `.local`
   * are not public; nor is a name without a dot. What a name resolves to is not looked at. Endpoints that you give as
   * options are asked wherever they are.
   */
  readonly allowedEndpointOrigins?: readonly string[] | undefined
}

/** Their names. */
export const METADATA_OPTIONS = ['metadataMaxAgeSeconds', 'metadataUrl', 'allowedEndpointOrigins'] as const

/** Their defaults. */
export const metadataDefaults = Object.freeze({ metadataMaxAgeSeconds: 3600 })

/** The resolved options. */
export interface MetadataRules {
  readonly maxAgeMs: number
  readonly metadataUrl: string | undefined
  readonly allowedEndpointOrigins: ReadonlySet<string> | undefined
}

/** What the options are told of their surroundings. */
export interface MetadataSurroundings {
  /** Metadata that could not be fetched again, while the old ones are used. */
  readonly onMetadataFailure: (error: unknown) => void
}

/** Reads the options, out of the group of the step. */
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
