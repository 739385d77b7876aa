/** The JWT introspection response (RFC 9701 §5): its `typ`, and its claims after the signature has been verified. */
import * as z from 'zod/mini'
import { ResponseMalformedError } from '../errors.ts'
import { type Audience, audienceSchema } from '../values/audience.ts'
import { numericDateSchema, withWholeDates } from '../values/numeric-date.ts'
import { type IntrospectionResponse, parseIntrospectionResponse } from './introspection-response.ts'

/** The `typ` of a JWT introspection response (RFC 9701 §5). */
export const JWT_INTROSPECTION_TYP = 'token-introspection+jwt'

/** A pattern instead of lower-casing, because lower-casing turns a Kelvin sign into a k. */
const TYP = /^(?:application\/)?token-introspection\+jwt$/i

/** The claims of a JWT introspection response. */
export interface JwtIntrospectionResponse {
  /** The issuer of the answer: the authorization server (RFC 9701 §5). */
  readonly iss: string
  /** Whom the answer is for: the protected resource that asked. This is not the audience of the token (RFC 9701 §5). */
  readonly aud: Audience
  /** When the answer was made. This is not the time at which the token was issued (RFC 9701 §5). */
  readonly iat: number
  /** The introspection response itself. Members of the token are read only from here (RFC 9701 §5). */
  readonly token_introspection: IntrospectionResponse
}

const envelopeSchema = z.object({
  iss: z.string(),
  aud: audienceSchema,
  iat: numericDateSchema,
  token_introspection: z.unknown(),
})

/**
 * Whether a JOSE `typ` is the one of a JWT introspection response. It is compared without case, and a value without a
 * slash is read as if `application/` stood before it (RFC 7515 §4.1.9, RFC 9701 §5).
 */
export function isJwtIntrospectionTyp(typ: unknown): boolean {
  return typeof typ === 'string' && TYP.test(typ)
}

/**
 * Parses the claims of a JWT introspection response. Verify the signature first. Of the top-level claims only `iss`,
 * `aud` and `iat` are read: others, such as `sub`, `exp` or `active`, do not describe the token.
 *
 * @param parseResponse - reads `token_introspection`. Default {@link parseIntrospectionResponse}; a client passes
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
