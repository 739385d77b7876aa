/** Authorization server metadata (RFC 8414 §2): the members that introspection uses. */
import * as z from 'zod/mini'
import { ResponseMalformedError } from '../errors.ts'
import { parseMembers } from './parse-members.ts'

const strings = z.optional(z.array(z.string()))
const endpoint = z.optional(z.string())

/** Schema of the metadata document. Other members are kept. */
export const authorizationServerMetadataSchema = z.looseObject({
  issuer: z.string(),
  jwks_uri: endpoint,
  introspection_endpoint: endpoint,
  introspection_endpoint_auth_methods_supported: strings,
  introspection_endpoint_auth_signing_alg_values_supported: strings,
  client_attestation_signing_alg_values_supported: strings,
  client_attestation_pop_signing_alg_values_supported: strings,
  introspection_signing_alg_values_supported: strings,
  introspection_encryption_alg_values_supported: strings,
  introspection_encryption_enc_values_supported: strings,
  revocation_endpoint: endpoint,
  revocation_endpoint_auth_methods_supported: strings,
  revocation_feed_endpoint: endpoint,
  revocation_feed_endpoint_auth_methods_supported: strings,
  revocation_feed_endpoint_auth_signing_alg_values_supported: strings,
  token_endpoint: endpoint,
  userinfo_endpoint: endpoint,
  mtls_endpoint_aliases: z.optional(
    z.looseObject({ introspection_endpoint: endpoint, revocation_feed_endpoint: endpoint }),
  ),
  tls_client_certificate_bound_access_tokens: z.optional(z.boolean()),
  dpop_signing_alg_values_supported: strings,
  authorization_details_types_supported: strings,
  protected_resources: strings,
  acr_values_supported: strings,
})

/**
 * The metadata that an authorization server publishes about itself, as far as introspection uses it. The authentication
 * methods of the introspection endpoint have no default (RFC 8414 §2). They may include access token types such as
 * `Bearer`.
 */
export type AuthorizationServerMetadata = z.infer<typeof authorizationServerMetadataSchema>

/**
 * Parses a metadata document and compares its issuer, code point by code point, with the issuer it was fetched for (RFC
 * 8414 §3.3).
 *
 * @throws {@link ResponseMalformedError} when a member has the wrong type or the issuer differs. Then do not use any
 * part of the document.
 */
export function parseAuthorizationServerMetadata(value: unknown, issuer: string): AuthorizationServerMetadata {
  const metadata = parseMembers(authorizationServerMetadataSchema, value, 'authorization server metadata')
  if (metadata.issuer !== issuer) {
    throw new ResponseMalformedError(
      `authorization server metadata is for the issuer ${JSON.stringify(metadata.issuer)}, not for ${JSON.stringify(issuer)}; ` +
        'the two must be the same character by character (RFC 8414 §3.3)',
    )
  }
  return metadata
}
