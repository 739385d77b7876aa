/** Client assertions: a JWT made for one request, and for the authorization server alone (RFC 7523 §2.2, §3). */
import type { OptionGroup } from '@token-introspection/core/options'
import type { ClientAuthentication, RequestDraft } from './client-authentication.ts'

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
  /** Seconds an assertion is good for. Default 60, from 5 to 60. */
  readonly lifetimeSeconds?: number | undefined
  /** Sends `client_id` beside the assertion, for servers that look for it (RFC 7521 §4.2). Default `false`. */
  readonly sendClientId?: boolean | undefined
}

/** The names of {@link AssertionOptions}. */
export const ASSERTION_OPTIONS = ['audience', 'lifetimeSeconds', 'sendClientId'] as const

/** What is signed. */
export interface AssertionClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string
  readonly jti: string
  readonly iat: number
  readonly exp: number
}

/** One of the two methods. */
export interface AssertionMethod {
  readonly method: string
  readonly clientId: string
  /** Signs claims as a JWT with {@link ASSERTION_TYP}. */
  readonly sign: (claims: AssertionClaims) => Promise<string>
}

/** The `typ` of assertions, so that no other JWT is taken for one (RFC 8725 §3.11). */
export const ASSERTION_TYP = 'client-authentication+jwt'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Authenticates with assertions that `sign` makes; a new one for every request, because servers take each once. */
export function assertionAuthentication(method: AssertionMethod, options: OptionGroup): ClientAuthentication {
  const audience = options.string('audience')
  const lifetimeSeconds = options.integer('lifetimeSeconds', { default: 60, min: 5, max: 60 })
  const sendClientId = options.boolean('sendClientId', false)
  const { clientId } = method

  function create(now: () => number): ClientAuthentication {
    return {
      method: method.method,
      clientId,
      async authenticate(draft) {
        const iat = Math.floor(now() / 1000)
        const aud = audienceOf(draft)
        const claims = { iss: clientId, sub: clientId, aud, jti: randomId(), iat, exp: iat + lifetimeSeconds }
        draft.parameters['client_assertion_type'] = ASSERTION_TYPE
        draft.parameters['client_assertion'] = await method.sign(claims)
        if (sendClientId) draft.parameters['client_id'] = clientId
      },
      prepare(client) {
        if (audience === undefined && client.issuer === undefined) throw noAudience()
        return create(client.now)
      },
    }
  }

  function audienceOf(draft: RequestDraft): string {
    const aud = audience ?? draft.issuer
    if (aud === undefined) throw noAudience()
    return aud
  }

  return create(Date.now)
}

function noAudience(): TypeError {
  return new TypeError('audience: is required where the client has no issuer')
}

/** 128 bits nobody can guess. */
function randomId(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
}
