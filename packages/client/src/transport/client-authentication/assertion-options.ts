/** Options of client assertions, from a method or from the preset of a server. */
import type { OptionGroup } from '@token-introspection/core/options'

/** Options of both methods with an assertion. */
export interface AssertionOptions {
  /**
   * The `aud` of assertions. Default the `issuer` of the client. Give it when the client has only an `endpoint`, or the
   * server requires the URL of an endpoint.
   *
   * Security: if another server can make you send it an assertion with an `aud` of its choice, it can use the assertion
   * elsewhere. Only the issuer is a safe value.
   */
  readonly audience?: string | undefined
  /**
   * The source of `aud` without `audience`. Default `issuer` (draft-ietf-oauth-rfc7523bis). `endpoint` is the URL to
   * which the request goes, for servers that require it, such as glewlwyd. No other server gets an assertion with this
   * `aud`, so it is safe too. Not together with `audience`.
   */
  readonly audienceFrom?: AssertionAudience | undefined
  /** Seconds for which an assertion is valid. Default 60, from 5 to 60. */
  readonly lifetimeSeconds?: number | undefined
  /**
   * The `typ` of the JWT. Default `client-authentication+jwt`, which no other kind of JWT has (RFC 8725 §3.11). `JWT`
   * is for servers that refuse the default, such as Spring Authorization Server 1.5.
   */
  readonly typ?: AssertionTyp | undefined
  /** Sends `client_id` beside the assertion, for servers that require it (RFC 7521 §4.2). Default `false`. */
  readonly sendClientId?: boolean | undefined
}

/** The values of {@link AssertionOptions.audienceFrom}. */
export type AssertionAudience = 'issuer' | 'endpoint'

/** The values of {@link AssertionOptions.typ}. */
export type AssertionTyp = 'client-authentication+jwt' | 'JWT'

/** The options of a preset for assertions to its server. Options of the method override them, key by key. */
export type AssertionPreset = Pick<AssertionOptions, 'audienceFrom' | 'sendClientId' | 'typ'>

/** The names of {@link AssertionOptions}. */
export const ASSERTION_OPTIONS = ['audience', 'audienceFrom', 'lifetimeSeconds', 'typ', 'sendClientId'] as const

/** Reads the assertion options that a preset may have, from a preset or from the options of a method. */
export function readAssertionPreset(group: OptionGroup): AssertionPreset {
  const audienceFrom = group.oneOf<AssertionAudience>('audienceFrom', ['issuer', 'endpoint'], 'issuer')
  const typ = group.oneOf<AssertionTyp>('typ', ['client-authentication+jwt', 'JWT'], 'client-authentication+jwt')
  const sendClientId = group.boolean('sendClientId', false)
  return {
    ...(group.has('audienceFrom') && { audienceFrom }),
    ...(group.has('typ') && { typ }),
    ...(group.has('sendClientId') && { sendClientId }),
  }
}
