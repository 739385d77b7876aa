/** What a token says about itself, if it is a JWT. Nothing is verified: it only helps to explain an answer. */
import {
  type JsonObject,
  parseJwtPart,
  saidTokenKind,
  splitCompactJws,
  toAudienceList,
} from '@token-introspection/core'

/** The claims of a token. */
export interface TokenClaims {
  readonly issuer: string | undefined
  readonly audiences: readonly string[]
  readonly expiresAt: number | undefined
  readonly kind: ReturnType<typeof saidTokenKind>
  /** The value that says the kind. */
  readonly saidKind: string
}

/** Reads the claims. `undefined` for a token that is no JWT. */
export function readTokenClaims(token: string): TokenClaims | undefined {
  const parts = splitCompactJws(token)
  if (parts === undefined) return undefined
  try {
    return toClaims(parseJwtPart(parts.payload), parseJwtPart(parts.header))
  } catch {
    return undefined
  }
}

function toClaims(payload: JsonObject, header: JsonObject): TokenClaims {
  const { iss, aud, exp, typ } = payload
  return {
    issuer: typeof iss === 'string' && URL.canParse(iss) ? iss : undefined,
    audiences: isAudience(aud) ? toAudienceList(aud) : [],
    expiresAt: typeof exp === 'number' ? exp : undefined,
    kind: saidTokenKind(payload),
    saidKind: `its typ is ${String(typ ?? header['typ'])}`,
  }
}

function isAudience(value: unknown): value is string | string[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))
}
