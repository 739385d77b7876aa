/** The metadata that an authorization server publishes about its endpoints (RFC 8414 §2, RFC 9701 §7, RFC 8705 §5). */
import { type AuthorizationServerMetadata, isSecureUrl, type UrlRules } from '@token-introspection/core'
import { httpRemedy, OptionGroup } from '@token-introspection/core/options'
import type { ClientAuthenticationStep } from './client-authentication/authenticate-client.ts'
import type { Registered } from './client-authentication/registered.ts'
import { jwtResponseMetadata } from './response/jwt-response-options.ts'
import type { WriteStep } from './response/write-response.ts'

/** The URLs of an endpoint. */
export interface EndpointLocation {
  /** Its URL: https, or http on loopback or at one of `allowHttpOrigins`. */
  readonly url: string
  /** Its URL for clients that authenticate with a certificate, if it differs (RFC 8705 §5). */
  readonly mtlsUrl?: string | undefined
}

/** The members of the metadata document about the introspection endpoint. */
export type IntrospectionMetadata = Pick<
  AuthorizationServerMetadata,
  | 'introspection_endpoint'
  | 'introspection_endpoint_auth_methods_supported'
  | 'introspection_endpoint_auth_signing_alg_values_supported'
  | 'client_attestation_signing_alg_values_supported'
  | 'client_attestation_pop_signing_alg_values_supported'
  | 'introspection_signing_alg_values_supported'
  | 'introspection_encryption_alg_values_supported'
  | 'introspection_encryption_enc_values_supported'
  | 'mtls_endpoint_aliases'
>

/** The members of the metadata document about the revocation endpoint. */
export type RevocationMetadata = Pick<
  AuthorizationServerMetadata,
  | 'revocation_endpoint'
  | 'revocation_endpoint_auth_methods_supported'
  | 'revocation_endpoint_auth_signing_alg_values_supported'
  | 'client_attestation_signing_alg_values_supported'
  | 'client_attestation_pop_signing_alg_values_supported'
  | 'mtls_endpoint_aliases'
>

/** The members of the metadata document about the revocation feed (docs/revocation-feed.md §3.5). */
export type RevocationFeedMetadata = Pick<
  AuthorizationServerMetadata,
  | 'revocation_feed_endpoint'
  | 'revocation_feed_endpoint_auth_methods_supported'
  | 'revocation_feed_endpoint_auth_signing_alg_values_supported'
  | 'client_attestation_signing_alg_values_supported'
  | 'client_attestation_pop_signing_alg_values_supported'
  | 'mtls_endpoint_aliases'
>

/** The members for an introspection endpoint, without empty lists (RFC 8414 §3.2). */
export function introspectionMetadata(
  location: EndpointLocation,
  steps: {
    readonly clientAuthentication: ClientAuthenticationStep
    readonly response: WriteStep
    readonly urlRules: UrlRules
  },
): IntrospectionMetadata {
  const { jwt } = steps.response
  return {
    ...endpointMetadata('introspection_endpoint', location, steps),
    ...(jwt !== undefined && jwtResponseMetadata(jwt)),
  }
}

/** The members for a revocation endpoint. */
export function revocationMetadata<Caller extends Registered>(
  location: EndpointLocation,
  steps: { readonly clientAuthentication: ClientAuthenticationStep<Caller>; readonly urlRules: UrlRules },
): RevocationMetadata {
  return endpointMetadata('revocation_endpoint', location, steps) as RevocationMetadata
}

/** The members for a revocation feed. */
export function revocationFeedMetadata(
  location: EndpointLocation,
  steps: { readonly clientAuthentication: ClientAuthenticationStep; readonly urlRules: UrlRules },
): RevocationFeedMetadata {
  return endpointMetadata('revocation_feed_endpoint', location, steps)
}

function endpointMetadata<Caller extends Registered>(
  name: 'introspection_endpoint' | 'revocation_endpoint' | 'revocation_feed_endpoint',
  location: EndpointLocation,
  {
    clientAuthentication: step,
    urlRules,
  }: { readonly clientAuthentication: ClientAuthenticationStep<Caller>; readonly urlRules: UrlRules },
): Record<string, unknown> {
  const group = new OptionGroup('', location, ['url', 'mtlsUrl'])
  const url = endpointUrl(group, 'url', urlRules)
  if (url === undefined) throw group.error('url', 'is required')
  const mtlsUrl = endpointUrl(group, 'mtlsUrl', urlRules)
  const methods = [...step.methods]
  const algorithms = step.assertion === undefined ? [] : [...step.assertion.algorithms]
  return {
    [name]: url,
    ...(methods.length > 0 && { [`${name}_auth_methods_supported`]: methods }),
    ...(algorithms.length > 0 && { [`${name}_auth_signing_alg_values_supported`]: algorithms }),
    ...(step.attestation !== undefined && {
      client_attestation_signing_alg_values_supported: [...step.attestation.algorithms],
      client_attestation_pop_signing_alg_values_supported: [...step.attestation.algorithms],
    }),
    ...(mtlsUrl !== undefined && { mtls_endpoint_aliases: { [name]: mtlsUrl } }),
  }
}

function endpointUrl(group: OptionGroup, name: string, urlRules: UrlRules): string | undefined {
  const url = group.string(name)
  if (url === undefined) return undefined
  if (
    !URL.canParse(url) ||
    url.includes('#') ||
    !isSecureUrl(new URL(url), { ...urlRules, allowHttpOnLoopback: true })
  ) {
    throw group.error(name, `must be an https URL without fragment${httpRemedy(url, group)}`)
  }
  return url
}
