/** The data about one authorization server: the value of option `provider`. */
import type { JwtOptions } from '../jwt/jwt-options.ts'
import type { TokenKind } from '../policy/policy.ts'
import type { ResponseOptions } from '../response/response-options.ts'
import type { AssertionPreset } from '../transport/client-authentication/assertion-options.ts'

/** A preset of a server without introspection. Its tokens are JWTs, which the client verifies. */
export type LocalProvider = Provider & { readonly jwt: { readonly mode: 'local' } }

/**
 * A preset: default options for an {@link IntrospectionClient}, key by key. It holds no function and no secret. You can
 * write one of your own as a plain object.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient, type Provider } from '@token-introspection/client'
 *
 * const acme: Provider = {
 *   name: 'Acme',
 *   documentation: 'https://docs.acme.example/introspection',
 *   endpoint: 'https://as.acme.example/introspect',
 *   response: { tolerate: { scopeAsArray: true } },
 *   policy: { tokenKind: { member: 'token_use', oneOf: ['access_token'] } },
 * }
 *
 * export const introspection = new IntrospectionClient({
 *   provider: acme,
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 * })
 * ```
 */
export interface Provider {
  /** The name of the server, for error messages. */
  readonly name: string
  /** The documentation of the server's introspection: an https URL. */
  readonly documentation: string
  /** Option `issuer`. The endpoint is then found in its metadata, unless `endpoint` is set as well. */
  readonly issuer?: string | undefined
  /** Option `endpoint`. */
  readonly endpoint?: string | undefined
  /** Options of group `token`. */
  readonly token?: { readonly tokenTypeHint?: string | undefined } | undefined
  /**
   * Options of group `jwt`. With `mode` the client verifies JWTs. Without it, the options describe the JWTs of the
   * server, for clients whose own `jwt` names a mode.
   */
  readonly jwt?:
    | Pick<
        JwtOptions,
        | 'acceptUntyped'
        | 'aliases'
        | 'audienceFrom'
        | 'issuer'
        | 'kindClaims'
        | 'mode'
        | 'renames'
        | 'requiredClaims'
        | 'types'
      >
    | undefined
  /** Options of group `transport`: parameters of every request. */
  readonly transport?: { readonly parameters?: Readonly<Record<string, string>> | undefined } | undefined
  /** Options of group `response`. */
  readonly response?:
    | Pick<ResponseOptions, 'acceptedIssuers' | 'aliases' | 'inactiveWhen' | 'renames' | 'tolerate'>
    | undefined
  /**
   * Options of group `policy`. `tokenKind` describes answers: a JWT that the client has verified passes the rules of
   * `jwt`, and `tokenKind` refuses it only when a claim of that name says another kind. With `jwt.mode` of `local`,
   * `tokenKind` applies to JWTs in full.
   */
  readonly policy?:
    | {
        readonly acceptedTokenTypes?: readonly string[] | undefined
        readonly audience?: string | readonly string[] | undefined
        readonly tokenKind?: TokenKind | undefined
      }
    | undefined
  /** Client authentication at the server's introspection endpoint. */
  readonly clientAuthentication?:
    | {
        /** The methods that the documentation names. Other methods are still allowed. */
        readonly takes?: readonly string[] | undefined
        /** The methods that the documentation excludes. A client with one of them throws when it is created. */
        readonly refuses?: readonly string[] | undefined
        /**
         * How `privateKeyJwt` and `clientSecretJwt` make assertions for this server, unless their own options say it.
         */
        readonly assertion?: AssertionPreset | undefined
      }
    | undefined
}
