/** The JWT introspection response (RFC 9701 §5): its header and its claims, once the signature is verified. */
import * as z from 'zod/mini'
import { ResponseMalformedError } from '../errors.ts'
import { type Audience, audienceSchema } from '../values/audience.ts'
import { numericDateSchema, withWholeDates } from '../values/numeric-date.ts'
import { type IntrospectionResponse, parseIntrospectionResponse } from './introspection-response.ts'

/** The `typ` of a JWT introspection response (RFC 9701 §5). */
export const JWT_INTROSPECTION_TYP = 'token-introspection+jwt'

/** A pattern, because lower-casing also turns a Kelvin sign into a k. */
const TYP = /^(?:application\/)?token-introspection\+jwt$/i

/** What a JWT introspection response says, besides its signature. */
export interface JwtIntrospectionResponse {
  /** The issuer of the answer: the authorization server (RFC 9701 §5). */
  readonly iss: string
  /** Whom the answer is for: the protected resource that asked, not the audience of the token (RFC 9701 §5). */
  readonly aud: Audience
  /** When the answer was made, not the token (RFC 9701 §5). */
  readonly iat: number
  /** The introspection response itself; members are read from here alone (RFC 9701 §5). */
  readonly token_introspection: IntrospectionResponse
}

const envelopeSchema = z.object({
  iss: z.string(),
  aud: audienceSchema,
  iat: numericDateSchema,
  token_introspection: z.unknown(),
})

/**
 * Whether a JOSE `typ` is the one of a JWT introspection response: compared without case, and a value without a
 * slash read as if `application/` stood before it (RFC 7515 §4.1.9, RFC 9701 §5).
 */
export function isJwtIntrospectionTyp(typ: unknown): boolean {
  return typeof typ === 'string' && TYP.test(typ)
}

/**
 * Parses the claims of a JWT introspection response whose signature was verified. Top-level claims other than
 * `iss`, `aud` and `iat`, such as `sub`, `exp` or `active`, are not read: they do not speak of the token.
 *
 * @param parseResponse - reads `token_introspection`. Default {@link parseIntrospectionResponse}; a client takes
 * {@link readIntrospectionResponse}.
 * @throws {@link ResponseMalformedError} when a claim is missing or of the wrong type.
 */
export function parseJwtIntrospectionClaims(
  claims: unknown,
  parseResponse: (response: unknown) => IntrospectionResponse = parseIntrospectionResponse,
): JwtIntrospectionResponse {
  const isObject = typeof claims === 'object' && claims !== null
  const envelope = z.safeParse(envelopeSchema, isObject ? withWholeDates(claims) : claims)
  if (!envelope.success) {
    throw new ResponseMalformedError('the JWT introspection response lacks iss, aud, iat or token_introspection')
  }
  const { iss, aud, iat, token_introspection } = envelope.data
  return { iss, aud, iat, token_introspection: parseResponse(token_introspection) }
}
