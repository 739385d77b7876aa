/** Client assertions: a JWT for one request, and only for the authorization server (RFC 7523 §2.2, §3). */
import { MethodMistake } from './method-mistake.ts'
import type { OptionGroup } from '@token-introspection/core/options'
import type { ClientAuthentication } from './client-authentication.ts'
import { type AssertionPreset, type AssertionTyp, readAssertionPreset } from './assertion-options.ts'
import { randomId } from './random-id.ts'

/** The claims that are signed. */
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
  /** Signs claims as a JWT with this `typ`. */
  readonly sign: (claims: AssertionClaims, typ: AssertionTyp) => Promise<string>
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Authenticates with assertions that `sign` makes, a new one for every request, because servers accept each only once.
 */
export function assertionAuthentication(method: AssertionMethod, options: OptionGroup): ClientAuthentication {
  const audience = options.string('audience')
  const lifetimeSeconds = options.integer('lifetimeSeconds', { default: 60, min: 5, max: 60 })
  const given = readAssertionPreset(options)
  if (audience !== undefined && given.audienceFrom !== undefined) {
    throw options.error('audienceFrom', 'cannot be combined with audience')
  }
  const { clientId } = method

  function create(now: () => number, issuer: string | undefined, preset: AssertionPreset): ClientAuthentication {
    const audienceFrom = given.audienceFrom ?? preset.audienceFrom ?? 'issuer'
    const typ = given.typ ?? preset.typ ?? 'client-authentication+jwt'
    const sendClientId = given.sendClientId ?? preset.sendClientId ?? false
    return {
      method: method.method,
      clientId,
      advice: adviceFor(audience ?? (audienceFrom === 'issuer' ? issuer : undefined), typ, sendClientId),
      async authenticate(draft) {
        const iat = Math.floor(now() / 1000)
        const aud = audience ?? (audienceFrom === 'endpoint' ? draft.endpoint : draft.issuer)
        if (aud === undefined) throw noAudience()
        const claims = { iss: clientId, sub: clientId, aud, jti: randomId(), iat, exp: iat + lifetimeSeconds }
        draft.parameters['client_assertion_type'] = ASSERTION_TYPE
        draft.parameters['client_assertion'] = await method.sign(claims, typ)
        if (sendClientId) draft.parameters['client_id'] = clientId
      },
      prepare(client) {
        const presetOfClient = client.assertion ?? {}
        const from = given.audienceFrom ?? presetOfClient.audienceFrom
        if (audience === undefined && from !== 'endpoint' && client.issuer === undefined) throw noAudience()
        return create(client.now, client.issuer, presetOfClient)
      },
    }
  }

  return create(Date.now, undefined, {})
}

/** The settings in which servers differ, in addition to the key and the algorithm. */
function adviceFor(aud: string | undefined, typ: AssertionTyp, sendClientId: boolean): string {
  const audience = aud === undefined ? 'the URL of the request' : `"${aud}"`
  const alternatives = [
    `the assertion had aud ${audience} (options audience and audienceFrom)`,
    `typ "${typ}" (option typ)`,
    `and ${sendClientId ? '' : 'no '}client_id beside it (option sendClientId)`,
  ]
  return `Servers differ in what they accept: ${alternatives.join(', ')}. Compare also its algorithm and kid, and the clocks`
}

function noAudience(): TypeError {
  return new MethodMistake(
    "audience: is required when the client has no issuer, unless audienceFrom is 'endpoint': give the issuer identifier of the authorization server",
  )
}
