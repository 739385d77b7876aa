/** What is known about one authorization server, as data: the value of option `provider`. */
import type { JwtOptions } from '../jwt/jwt-options.ts'
import type { TokenKind } from '../policy/policy.ts'
import type { ResponseOptions } from '../response/response-options.ts'
import type { AssertionPreset } from '../transport/client-authentication/assertion-options.ts'

/** A preset of a server without introspection: its tokens are JWTs, and verified here. */
export type LocalProvider = Provider & { readonly jwt: { readonly mode: 'local' } }

/**
 * A preset: options an {@link IntrospectionClient} takes where it is not given others, key by key. It holds no
 * function and no secret. Make one of your own as a plain object.
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
  /** What the server is called, for the messages of errors. */
  readonly name: string
  /** Where the server documents its introspection: an https URL. */
  readonly documentation: string
  /** Option `issuer`: the endpoint is then found in its metadata, unless `endpoint` is known as well. */
  readonly issuer?: string | undefined
  /** Option `endpoint`. */
  readonly endpoint?: string | undefined
  /** Options of group `token`. */
  readonly token?: { readonly tokenTypeHint?: string | undefined } | undefined
  /**
   * Options of group `jwt`. With `mode` JWTs are verified; without it these say how to read the JWTs of the server, for
   * clients whose own `jwt` names a mode.
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
   * Options of group `policy`. `tokenKind` is about answers: a JWT that was verified here has been told from other kinds by
   * `jwt`, and is refused by it only where a claim of that name says another kind. With `jwt.mode` of `local` it is about
   * JWTs in full.
   */
  readonly policy?:
    | {
        readonly acceptedTokenTypes?: readonly string[] | undefined
        readonly audience?: string | readonly string[] | undefined
        readonly tokenKind?: TokenKind | undefined
      }
    | undefined
  /** What the server says about client authentication at its introspection endpoint. */
  readonly clientAuthentication?:
    | {
        /** The methods it takes, as its documentation has them; others are not refused for that. */
        readonly takes?: readonly string[] | undefined
        /** The methods it is documented not to take: a client that is given one is refused when it is created. */
        readonly refuses?: readonly string[] | undefined
        /** How `privateKeyJwt` and `clientSecretJwt` make assertions for it, where their own options say nothing else. */
        readonly assertion?: AssertionPreset | undefined
      }
    | undefined
}
