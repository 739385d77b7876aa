/** What the check hands to the programs it starts. */
import type { JWK } from 'jose'

/** For the authorization server. */
export interface ServerConfiguration {
  readonly port: number
  readonly tlsPort: number
  readonly certificate: { readonly key: string; readonly cert: string }
  readonly clientSecret: string
  readonly publicKey: JWK
}

/** Where the cases find what they ask. */
export interface SmokeAddresses {
  /** The authorization server, which is its issuer as well. */
  readonly server: string
  /** The same over TLS, and the authority that vouches for it. */
  readonly tls: { readonly server: string; readonly ca: string }
  /** Where nobody listens. */
  readonly closed: string
  readonly clientSecret: string
  readonly privateKey: JWK
}

/** For the cases. */
export interface SmokeInput extends SmokeAddresses {
  /** The cases to run, in this order. */
  readonly titles: readonly string[]
}

/** One case: what it gives is compared as JSON. */
export type SmokeCase = (input: SmokeInput) => Promise<unknown>
