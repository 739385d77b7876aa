/** Microsoft Entra. */
import type { LocalProvider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link entra}. */
export interface EntraOptions {
  /**
   * The identifier of the tenant, a GUID. A domain name does not work, because `iss` holds the GUID, and no issuer is
   * named `common`.
   */
  readonly tenantId: string
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * A tenant of Microsoft Entra, for APIs whose registration has `requestedAccessTokenVersion` 2. It has no
 * introspection: its access tokens are JWTs, which the client verifies. You cannot verify tokens for other APIs, such
 * as Graph. Give `policy.audience`, the identifier of your API's registration. Scope is in `scp`, and application
 * permissions stay in `roles`, which the option `check` of a guard can read.
 *
 * Security: the client does not ask the server, so a token stays good until it expires, about one hour.
 *
 * @throws TypeError that names the wrong option, such as `entra.tenantId`.
 * @example
 * ```ts
 * import { IntrospectionClient } from '@token-introspection/client'
 * import { entra } from '@token-introspection/client/providers'
 *
 * export const tokens = new IntrospectionClient({
 *   provider: entra({ tenantId: '11111111-2222-3333-4444-555555555555' }),
 *   audience: '66666666-7777-8888-9999-000000000000',
 * })
 * ```
 */
export function entra(options: EntraOptions): LocalProvider {
  const group = new ProviderOptions('entra', options, ['tenantId'])
  const tenantId = group.required('tenantId')
  if (!GUID.test(tenantId)) throw group.error('tenantId', 'must be the GUID of the tenant')
  return freezeProvider({
    name: 'Microsoft Entra',
    documentation: 'https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens',
    issuer: `https://login.microsoftonline.com/${tenantId.toLowerCase()}/v2.0`,
    jwt: {
      mode: 'local',
      types: ['JWT'],
      // ID tokens have the same typ, but no azp.
      requiredClaims: ['aud', 'sub', 'client_id', 'iat'],
      aliases: { client_id: 'azp', scope: 'scp', jti: 'uti' },
    },
  })
}
