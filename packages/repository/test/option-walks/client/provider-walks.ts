/** Walks of the presets. */
import * as providers from '@token-introspection/client/providers'
import type { OptionWalk } from '../../../src/option-walk/option-walk.ts'
import { audience, issuer } from '../shared-values.ts'
import { walk } from '../walk.ts'

const PRESETS: Readonly<Record<keyof typeof providers, (options: never) => unknown>> = { ...providers }

export const PROVIDER_WALKS: readonly OptionWalk[] = [
  preset('adfs', { domain: 'adfs.example.com' }),
  preset('auth0', { domain: 'acme.auth0.com', audience }),
  preset('authentik', { url: issuer, slug: 'a' }),
  preset('cognito', { region: 'eu-west-1', userPoolId: 'eu-west-1_abc', clientId: 'a' }),
  preset('curity', { url: issuer }),
  preset('doorkeeper', { url: issuer, version: 6 }),
  preset('duende', { authority: issuer }),
  preset('entra', { tenantId: '11111111-1111-1111-1111-111111111111' }),
  preset('fusionauth', { url: issuer, issuer: 'acme.com', clientId: 'a' }),
  preset('gluu', { issuer }),
  preset('hydra', { adminUrl: issuer, issuer }),
  preset('janssen', { issuer }),
  preset('keyBridgeSts', { url: issuer }),
  preset('keycloak', { url: issuer, realm: 'a' }),
  preset('logto', { url: issuer }),
  preset('mitreid', { issuer }),
  preset('oidcProvider', { issuer }),
  preset('okta', { domain: 'acme.okta.com', authorizationServerId: 'a' }),
  preset('openiddict', { issuer }),
  preset('oryNetwork', { projectUrl: issuer, issuer }),
  preset('pingam', { url: issuer, realm: 'a' }),
  preset('pingfederate', { url: issuer, accessTokenManagerId: 'a' }),
  preset('salesforce', { domain: 'acme.my.salesforce.com' }),
  preset('sap', { domain: 'acme.accounts.ondemand.com', clientId: 'a' }),
  preset('springAuthorizationServer', { issuer }),
  preset('stytch', { domain: 'acme.stytch.com' }),
  preset('uaa', { url: issuer }),
  preset('workos', { domain: 'acme.authkit.app' }),
  preset('wso2', { url: issuer, tenant: 'acme.com' }),
  preset('zitadel', { domain: 'acme.zitadel.cloud' }),
]

/** A preset. Messages put its own name before its options. */
function preset(name: keyof typeof providers, options: object): OptionWalk {
  return walk(name, options, PRESETS[name], { path: name })
}
