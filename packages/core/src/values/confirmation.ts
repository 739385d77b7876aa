/** The `cnf` member: the key that a token is bound to (RFC 7800 §3.1, RFC 8705 §3.1, RFC 9449 §6). */
import * as z from 'zod/mini'

const SHA256_THUMBPRINT = /^[A-Za-z0-9_-]{43}$/

/** Whether a value is a SHA-256 digest in base64url without padding: 43 characters (RFC 8705 §3.1). */
export function isSha256Thumbprint(value: unknown): value is string {
  return typeof value === 'string' && SHA256_THUMBPRINT.test(value)
}

const thumbprintSchema = z.string().check(z.regex(SHA256_THUMBPRINT))
const KEY_REPRESENTATIONS = ['jwk', 'jwe', 'jku'] as const

/**
 * Schema of `cnf`: an object with at most one of `jwk`, `jwe` and `jku` (RFC 7800 §3.1), with thumbprints in base64url
 * without padding, and with other members kept. `jku` is never fetched.
 */
export const confirmationSchema = z
  .looseObject({
    jkt: z.optional(thumbprintSchema),
    'x5t#S256': z.optional(thumbprintSchema),
    kid: z.optional(z.string()),
    jku: z.optional(z.string()),
    jwk: z.optional(z.looseObject({ kty: z.string() })),
    jwe: z.optional(z.string()),
  })
  .check(z.refine((cnf) => KEY_REPRESENTATIONS.filter((name) => cnf[name] !== undefined).length <= 1))

/** The confirmation of a sender-constrained token. */
export type Confirmation = z.infer<typeof confirmationSchema>

/** A confirmation that this package can verify: by a DPoP key, by a client certificate, or by both. */
export interface VerifiableConfirmation {
  readonly jkt?: string | undefined
  readonly 'x5t#S256'?: string | undefined
}

/**
 * Whether a confirmation can be verified: it names a DPoP key (`jkt`), a client certificate (`x5t#S256`) or both. Other
 * members are ignored, as RFC 7800 §3.1 asks. Refuse a token whose `cnf` has neither, or whose value for one of them is
 * not a thumbprint, because nothing would prove who sends it.
 */
export function isVerifiableConfirmation(cnf: unknown): cnf is VerifiableConfirmation {
  if (typeof cnf !== 'object' || cnf === null) return false
  const { jkt, 'x5t#S256': x5t } = cnf as VerifiableConfirmation
  if (jkt === undefined && x5t === undefined) return false
  return (jkt === undefined || isSha256Thumbprint(jkt)) && (x5t === undefined || isSha256Thumbprint(x5t))
}
