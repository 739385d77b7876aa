/** Options of createProtectedResource. */
import {
  isIntrospectionError,
  isIssuer,
  isSecureUrl,
  messageOf,
  parseProtectedResourceMetadata,
  type ProtectedResourceMetadata,
  type UrlRules,
} from '@token-introspection/core'
import {
  copyOptions,
  httpRemedy,
  OptionGroup,
  resolveUrlRules,
  URL_RULE_OPTIONS,
} from '@token-introspection/core/options'
import { NO_OFFLINE_ACCESS, OFFLINE_ACCESS } from '../policy/offline-access.ts'

/** Options of {@link createProtectedResource}. */
export interface ProtectedResourceOptions {
  /**
   * The resource identifier: an https URL without a fragment. It is published and compared exactly as you write it (RFC
   * 9728 §1.2). It is the audience of every guard, and clients send it as `resource` (RFC 8707).
   */
  readonly resource: string
  /**
   * Issuer identifiers of the authorization servers that issue tokens for this resource. Default the issuers that the
   * clients of the guards accept.
   */
  readonly authorizationServers?: readonly string[] | undefined
  /**
   * Further members of the document, in the standard's spelling: `resource_name`, `resource_documentation`, `jwks_uri`,
   * names in other languages, members of your own. `scopes_supported` and `authorization_details_types_supported` come
   * before those of the guards. You may also state members that guards decide, and then every guard must agree:
   * `bearer_methods_supported`, `dpop_signing_alg_values_supported`, `dpop_bound_access_tokens_required`,
   * `tls_client_certificate_bound_access_tokens`. `offline_access` in `scopes_supported` is a TypeError, because it asks for a
   * refresh token and no resource needs it. Default none.
   */
  readonly metadata?: Partial<Omit<ProtectedResourceMetadata, 'resource' | 'authorization_servers'>> | undefined
  /** Seconds for which caches may keep the document. Default 3600, from 0 to 86400. */
  readonly maxAgeSeconds?: number | undefined
  /** Allows `http:` URLs on this machine, for development and tests. Default `false`. */
  readonly allowHttpOnLoopback?: boolean | undefined
  /**
   * Allow `http:` for exactly these origins, such as `['http://keycloak:8080']` inside a cluster or a compose file. Default none.
   *
   * Security: tokens cross the connection unprotected. List only origins inside a network that you trust.
   */
  readonly allowHttpOrigins?: readonly string[] | undefined
}

/** The defaults of {@link createProtectedResource}. */
export const protectedResourceDefaults = Object.freeze({ maxAgeSeconds: 3600, allowHttpOnLoopback: false })

/** The resolved options. */
export interface ResolvedProtectedResource {
  readonly resource: string
  readonly authorizationServers: readonly string[] | undefined
  readonly stated: Partial<ProtectedResourceMetadata>
  readonly maxAgeSeconds: number
  /** The error for a stated member that a guard contradicts. */
  readonly error: (path: string, complaint: string) => TypeError
}

/** Reads the options once. */
export function resolveProtectedResource(options: ProtectedResourceOptions): ResolvedProtectedResource {
  const group = new OptionGroup('', options, [
    'resource',
    'authorizationServers',
    'metadata',
    'maxAgeSeconds',
    ...URL_RULE_OPTIONS,
  ])
  const urlRules = resolveUrlRules(group)
  const resource = group.string('resource')
  if (resource === undefined) throw group.error('resource', 'is required: the identifier of this protected resource')
  if (!isResource(resource, urlRules)) {
    throw group.error(
      'resource',
      `must be an https URL without credentials and fragment (RFC 9728 §1.2)${httpRemedy(resource, group)}`,
    )
  }
  const authorizationServers = group.strings('authorizationServers')
  const refused = authorizationServers?.find((issuer) => !isIssuer(issuer, urlRules))
  if (refused !== undefined) {
    throw group.error(
      'authorizationServers',
      `must be https URLs without query and fragment (RFC 8414 §2)${httpRemedy(refused, group)}`,
    )
  }
  return Object.freeze({
    resource,
    authorizationServers,
    stated: resolveStated(group, resource),
    maxAgeSeconds: group.integer('maxAgeSeconds', {
      default: protectedResourceDefaults.maxAgeSeconds,
      min: 0,
      max: 86_400,
    }),
    error: (path: string, complaint: string) => group.error(path, complaint),
  })
}

function resolveStated(group: OptionGroup, resource: string): Partial<ProtectedResourceMetadata> {
  const given = group.raw('metadata')
  if (given === undefined) return {}
  const members = copyOptions('metadata', given as Record<string, unknown>)
  for (const member of ['resource', 'authorization_servers']) {
    if (members[member] !== undefined)
      throw group.error(`metadata.${member}`, 'has an option of its own: give it there')
  }
  try {
    // As clients will read it: through JSON, which also makes a copy.
    const written = JSON.parse(JSON.stringify({ ...members, resource })) as unknown
    const { resource: _, ...stated } = parseProtectedResourceMetadata(written, resource)
    const lost = Object.keys(members).find((name) => members[name] !== undefined && !Object.hasOwn(stated, name))
    if (lost !== undefined) throw group.error(`metadata.${lost}`, 'must be a JSON value')
    if (stated.scopes_supported?.includes(OFFLINE_ACCESS) === true) {
      throw group.error('metadata.scopes_supported', NO_OFFLINE_ACCESS)
    }
    return stated
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith('metadata.')) throw error
    if (!isIntrospectionError(error)) throw group.error('metadata', 'must be JSON values')
    throw group.error('metadata', messageOf(error))
  }
}

function isResource(resource: string, urlRules: UrlRules): boolean {
  if (!URL.canParse(resource) || resource.includes('#')) return false
  const url = new URL(resource)
  return url.username === '' && url.password === '' && isSecureUrl(url, urlRules)
}
