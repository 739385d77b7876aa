/** A peer: oidc-provider with answers signed by ES256. */
import { serveOidcProvider } from './serve-oidc-provider.ts'

serveOidcProvider('ES256')
