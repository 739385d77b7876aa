/** A peer: oidc-provider with JSON answers. */
import { serveOidcProvider } from './serve-oidc-provider.ts'

serveOidcProvider()
