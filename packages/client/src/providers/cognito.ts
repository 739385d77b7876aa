/** Amazon Cognito. */
import type { LocalProvider } from './provider.ts'
import { freezeProvider, ProviderOptions } from './provider-options.ts'

/** Options of {@link cognito}. */
export interface CognitoOptions {
  /** The region of the user pool, such as `eu-central-1`. */
  readonly region: string
  /** The identifier of the user pool, such as `eu-central-1_EXAMPLE`. */
  readonly userPoolId: string
  /** The app client whose tokens are for this API, or several. */
  readonly clientId: string | readonly string[]
}

/**
 * A user pool of Amazon Cognito. It has no introspection: its access tokens are JWTs, which the client verifies. They
 * have no `typ`, and no `aud` unless they were requested for a resource. Then `client_id` counts as the audience, and
 * guards require `clientId`. ID tokens are refused: they have no `client_id`, and another `token_use`.
 *
 * Security: the client does not ask the server, so a token stays good until it expires, also after a sign-out.
 *
 * @throws TypeError that names the wrong option, such as `cognito.region`.
 * @example
 * ```ts
 * import { IntrospectionClient } from '@token-introspection/client'
 * import { cognito } from '@token-introspection/client/providers'
 *
 * export const tokens = new IntrospectionClient({
 *   provider: cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_EXAMPLE', clientId: '1example23456789' }),
 * })
 * ```
 */
export function cognito(options: CognitoOptions): LocalProvider {
  const group = new ProviderOptions('cognito', options, ['region', 'userPoolId', 'clientId'])
  const region = group.required('region')
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(region)) throw group.error('region', 'must be a region, such as eu-central-1')
  const userPoolId = group.required('userPoolId')
  if (!/^[a-z\d-]+_[a-z\d]+$/i.test(userPoolId) || !userPoolId.startsWith(`${region}_`)) {
    throw group.error('userPoolId', 'must be a user pool of the region, such as eu-central-1_EXAMPLE')
  }
  const clientIds = Array.isArray(group.raw('clientId')) ? group.strings('clientId') : [group.required('clientId')]
  if (clientIds === undefined || clientIds.length === 0) throw group.error('clientId', 'must name an app client')
  const host = `cognito-idp.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
  return freezeProvider({
    name: 'Amazon Cognito',
    documentation:
      'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html',
    issuer: `https://${host}/${userPoolId}`,
    jwt: {
      mode: 'local',
      acceptUntyped: true,
      requiredClaims: ['sub', 'client_id', 'iat', 'jti'],
      audienceFrom: 'client_id',
    },
    policy: { audience: clientIds, tokenKind: { member: 'token_use', oneOf: ['access'] } },
  })
}
