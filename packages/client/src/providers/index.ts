/** Presets for known authorization servers: data for option `provider` of an IntrospectionClient. */

// What a preset is
export type { Provider } from './provider.ts'

// One function per server
export { authentik, type AuthentikOptions } from './authentik.ts'
export { curity, type CurityOptions } from './curity.ts'
export { doorkeeper, type DoorkeeperOptions } from './doorkeeper.ts'
export { duende, type DuendeOptions } from './duende.ts'
export { fusionauth, type FusionauthOptions } from './fusionauth.ts'
export { hydra, oryNetwork, type HydraOptions, type OryNetworkOptions } from './hydra.ts'
export { gluu, janssen, type GluuOptions, type JanssenOptions } from './janssen.ts'
export { keyBridgeSts, type KeyBridgeStsOptions } from './key-bridge.ts'
export { keycloak, type KeycloakOptions } from './keycloak.ts'
export { mitreid, type MitreidOptions } from './mitreid.ts'
export { logto, oidcProvider, type LogtoOptions, type OidcProviderOptions } from './oidc-provider.ts'
export { okta, type OktaOptions } from './okta.ts'
export { openiddict, type OpeniddictOptions } from './openiddict.ts'
export { pingam, type PingamOptions } from './pingam.ts'
export { pingfederate, type PingfederateOptions } from './pingfederate.ts'
export { salesforce, type SalesforceOptions } from './salesforce.ts'
export { sap, type SapOptions } from './sap.ts'
export { springAuthorizationServer, type SpringAuthorizationServerOptions } from './spring-authorization-server.ts'
export { stytch, type StytchOptions } from './stytch.ts'
export { uaa, type UaaOptions } from './uaa.ts'
export { workos, type WorkosOptions } from './workos.ts'
export { wso2, type Wso2Options } from './wso2.ts'
export { zitadel, type ZitadelOptions } from './zitadel.ts'
