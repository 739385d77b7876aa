/** Step `response`: reads the answer inside a JWT introspection response (RFC 9701 §5). */
import {
  audienceIntersects,
  type IntrospectionResponse,
  type JsonObject,
  parseJwtIntrospectionClaims,
  readIntrospectionResponse,
} from '@token-introspection/core'
import type { FindValue } from '@token-introspection/core/options'
import { ResponseUntrustedError } from '../errors.ts'
import type { Deadline } from '../transport/deadline.ts'
import { decryptJwtResponse } from './decrypt-jwt-response.ts'
import { isCompactJwe } from './jose-header.ts'
import type { DecryptionKey } from './decryption-key.ts'
import type { Tolerance } from './tolerance-options.ts'
import { tolerate } from './tolerate.ts'
import { type VerificationRules, verifyJwtResponse } from './verify-jwt-response.ts'

/** The settings for reading JWT answers. */
export interface JwtResponseRules extends VerificationRules {
  readonly issuer: string
  /** The name of this client in `aud`. */
  readonly audience: string
  readonly findDecryptionKeys: FindValue<readonly DecryptionKey[]>
  /** The highest accepted age of an answer, in seconds. */
  readonly maxAgeSeconds: number
  /** How many seconds the two clocks may differ. */
  readonly leewaySeconds: number
  /** Corrects deviations inside `token_introspection`, and nowhere else. */
  readonly tolerance?: Tolerance | undefined
  /** The settings that decide whether an answer is trusted, as a part of cache keys. */
  readonly manner: readonly unknown[]
}

/**
 * Decrypts the answer if it is encrypted, verifies it, and checks its envelope. Only members inside
 * `token_introspection` are about the token.
 *
 * @throws ResponseMalformedError, ResponseUntrustedError, ResponseKeysUnavailableError, SecretUnavailableError
 */
export async function readJwtResponse(
  jwt: string,
  rules: JwtResponseRules,
  deadline: Deadline,
  now: number,
): Promise<IntrospectionResponse> {
  const jws = isCompactJwe(jwt) ? await decryptWithFound(jwt, rules, deadline) : jwt
  return openEnvelope(await verifyJwtResponse(jws, rules, deadline), rules, now)
}

async function decryptWithFound(jwe: string, rules: JwtResponseRules, deadline: Deadline): Promise<string> {
  return decryptJwtResponse(jwe, await deadline.race(Promise.resolve(rules.findDecryptionKeys())))
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
      'the answer is for another protected resource. If that is another name of this one, give it as response.jwt.audience',
    )
  }
  // An answer does not name its request, so only its age tells it from a replayed one. Each comparison states the good
  // case, so that a clock that returns NaN lets nothing pass.
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
