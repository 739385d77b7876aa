/** What a client assertion may be told: by the options of a method, or by the preset of a server. */
import type { OptionGroup } from '@token-introspection/core/options'

/** What both methods with an assertion can be told. */
export interface AssertionOptions {
  /**
   * The `aud` of assertions. Default the `issuer` of the client. Give it where the client has only an `endpoint`, or the
   * server insists on the URL of an endpoint.
   *
   * Security: another server that can make you send it an assertion with an `aud` of its choice can use it elsewhere. The
   * issuer is the one value that is safe.
   */
  readonly audience?: string | undefined
  /**
   * Where `aud` comes from without `audience`. Default `issuer` (draft-ietf-oauth-rfc7523bis). `endpoint` is the URL that the
   * request is sent to, for servers that insist on it, such as glewlwyd: nobody else is sent this `aud`, so no other server
   * gains anything by choosing it. Not together with `audience`.
   */
  readonly audienceFrom?: AssertionAudience | undefined
  /** Seconds an assertion is good for. Default 60, from 5 to 60. */
  readonly lifetimeSeconds?: number | undefined
  /**
   * The `typ` of the JWT. Default `client-authentication+jwt`, which no other kind of JWT has (RFC 8725 §3.11). `JWT` is for
   * servers that refuse any other, such as Spring Authorization Server 1.5.
   */
  readonly typ?: AssertionTyp | undefined
  /** Sends `client_id` beside the assertion, for servers that look for it (RFC 7521 §4.2). Default `false`. */
  readonly sendClientId?: boolean | undefined
}

/** What {@link AssertionOptions.audienceFrom} may be. */
export type AssertionAudience = 'issuer' | 'endpoint'

/** What {@link AssertionOptions.typ} may be. */
export type AssertionTyp = 'client-authentication+jwt' | 'JWT'

/** What a preset says about assertions for its server; options that are given to the method win, key by key. */
export type AssertionPreset = Pick<AssertionOptions, 'audienceFrom' | 'sendClientId' | 'typ'>

/** The names of {@link AssertionOptions}. */
export const ASSERTION_OPTIONS = ['audience', 'audienceFrom', 'lifetimeSeconds', 'typ', 'sendClientId'] as const

/** Reads what a preset can say about assertions, from a preset or from the options of a method. */
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
