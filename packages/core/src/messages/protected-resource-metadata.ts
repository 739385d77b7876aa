/** Protected resource metadata (RFC 9728 §2). */
import * as z from 'zod/mini'
import { ResponseMalformedError } from '../errors.ts'
import { parseMembers } from './parse-members.ts'

const strings = z.optional(z.array(z.string()))
const signingAlgorithms = z.optional(z.array(z.string().check(z.refine((algorithm) => algorithm !== 'none'))))

/** Schema of the metadata document. Other members are kept. */
export const protectedResourceMetadataSchema = z.looseObject({
  resource: z.string(),
  authorization_servers: strings,
  jwks_uri: z.optional(z.string().check(z.startsWith('https://'))),
  scopes_supported: strings,
  bearer_methods_supported: strings,
  resource_signing_alg_values_supported: signingAlgorithms,
  resource_name: z.optional(z.string()),
  resource_documentation: z.optional(z.string()),
  resource_policy_uri: z.optional(z.string()),
  resource_tos_uri: z.optional(z.string()),
  tls_client_certificate_bound_access_tokens: z.optional(z.boolean()),
  authorization_details_types_supported: strings,
  dpop_signing_alg_values_supported: strings,
  dpop_bound_access_tokens_required: z.optional(z.boolean()),
})

/** The metadata that a protected resource publishes about itself. */
export type ProtectedResourceMetadata = z.infer<typeof protectedResourceMetadataSchema>

/**
 * Parses a metadata document and compares its `resource` with the identifier it was fetched for (RFC 9728 §3.3).
 *
 * @throws {@link ResponseMalformedError} when a member has the wrong type or the resource differs.
 */
export function parseProtectedResourceMetadata(value: unknown, resource: string): ProtectedResourceMetadata {
  const metadata = parseMembers(protectedResourceMetadataSchema, value, 'protected resource metadata')
  if (metadata.resource !== resource) {
    throw new ResponseMalformedError('protected resource metadata is for another resource (RFC 9728 §3.3)')
  }
  return metadata
}
