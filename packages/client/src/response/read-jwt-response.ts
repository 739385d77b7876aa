/** Step `response`: the answer inside a JWT introspection response (RFC 9701 §5). */
import {
  audienceIntersects,
  type IntrospectionResponse,
  type JsonObject,
  parseJwtIntrospectionClaims,
  readIntrospectionResponse,
} from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'
import type { Deadline } from '../transport/deadline.ts'
import { decryptJwtResponse } from './decrypt-jwt-response.ts'
import { isCompactJwe } from './jose-header.ts'
import type { DecryptionKey } from './decryption-key.ts'
import type { Tolerance } from './tolerance-options.ts'
import { tolerate } from './tolerate.ts'
import { type VerificationRules, verifyJwtResponse } from './verify-jwt-response.ts'

/** What reading JWT answers needs. */
export interface JwtResponseRules extends VerificationRules {
  readonly issuer: string
  /** Who we are in `aud`. */
  readonly audience: string
  readonly decryptionKeys: readonly DecryptionKey[]
  /** Seconds that may have gone by since the answer was made. */
  readonly maxAgeSeconds: number
  /** Seconds the two clocks may differ. */
  readonly leewaySeconds: number
  /** What is forgiven inside `token_introspection`, and nowhere else. */
  readonly tolerance?: Tolerance | undefined
  /** What decides whether an answer is believed, for the names answers are kept by. */
  readonly manner: readonly unknown[]
}

/**
 * Decrypts the answer if it is encrypted, verifies it, and holds its envelope against ours. Only what is inside
 * `token_introspection` speaks of the token.
 *
 * @throws ResponseMalformedError, ResponseUntrustedError, ResponseKeysUnavailableError
 */
export async function readJwtResponse(
  jwt: string,
  rules: JwtResponseRules,
  deadline: Deadline,
  now: number,
): Promise<IntrospectionResponse> {
  const jws = isCompactJwe(jwt) ? await decryptJwtResponse(jwt, rules.decryptionKeys) : jwt
  return openEnvelope(await verifyJwtResponse(jws, rules, deadline), rules, now)
}

function openEnvelope(claims: JsonObject, rules: JwtResponseRules, now: number): IntrospectionResponse {
  for (const name of ['sub', 'exp']) {
    if (Object.hasOwn(claims, name)) {
      throw new ResponseUntrustedError(`the answer has ${name} beside token_introspection (RFC 9701 §5)`)
    }
  }
  const {
    iss,
    aud,
    iat,
    token_introspection: response,
  } = parseJwtIntrospectionClaims(righted(claims, rules), readIntrospectionResponse)
  if (iss !== rules.issuer) throw new ResponseUntrustedError('the answer is signed for another issuer')
  if (!audienceIntersects(aud, rules.audience)) {
    throw new ResponseUntrustedError(
      'the answer is for another protected resource; if it is us under another name, give it as response.jwt.audience',
    )
  }
  // Nothing in an answer names the question, so its age is all that tells it from an old one that is sent again. Each
  // comparison says what must hold, so that a clock that gives no number lets nothing pass.
  if (!(iat - now <= rules.leewaySeconds)) {
    throw new ResponseUntrustedError(
      `the answer was made ${iat - now} seconds from now: one of the two clocks is wrong`,
    )
  }
  if (!(now - iat <= rules.maxAgeSeconds + rules.leewaySeconds)) {
    throw new ResponseUntrustedError(`the answer is ${now - iat} seconds old, more than response.jwt.maxAgeSeconds`)
  }
  return response
}

function righted(claims: JsonObject, { tolerance }: JwtResponseRules): JsonObject {
  const answer = claims['token_introspection']
  if (tolerance === undefined || typeof answer !== 'object' || answer === null || Array.isArray(answer)) return claims
  return { ...claims, token_introspection: tolerate(answer as JsonObject, tolerance) }
}
