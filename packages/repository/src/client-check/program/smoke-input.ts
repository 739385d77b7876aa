/** The input of the programs that the check starts. */
import type { JWK } from 'jose'

/** The input of the authorization server. */
export interface ServerConfiguration {
  readonly port: number
  readonly tlsPort: number
  readonly certificate: { readonly key: string; readonly cert: string }
  readonly clientSecret: string
  readonly publicKey: JWK
}

/** The addresses of the servers in the cases. */
export interface SmokeAddresses {
  /** The URL of the authorization server, which is its issuer, too. */
  readonly server: string
  /** Its URL over TLS, and the certificate authority of its certificate. */
  readonly tls: { readonly server: string; readonly ca: string }
  /** A URL without a server. */
  readonly closed: string
  readonly clientSecret: string
  readonly privateKey: JWK
}

/** The input of the cases. */
export interface SmokeInput extends SmokeAddresses {
  /** The cases to run, in this order. */
  readonly titles: readonly string[]
}

/** One case. Its result is compared as JSON. */
export type SmokeCase = (input: SmokeInput) => Promise<unknown>
