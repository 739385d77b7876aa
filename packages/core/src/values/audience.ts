/** The `aud` member of RFC 7662 §2.2 and RFC 7519 §4.1.3: one string, or an array of them. */
import * as z from 'zod/mini'

/** Schema of `aud`. An empty array means that the token is for no resource server. */
export const audienceSchema = z.union([z.string(), z.array(z.string())])

/** `aud` on the wire: one string or an array of strings, compared with case. */
export type Audience = string | string[]

/** `aud` as a list. An absent audience gives an empty list. */
export function toAudienceList(aud: string | readonly string[] | undefined): readonly string[] {
  if (aud === undefined) return []
  return typeof aud === 'string' ? [aud] : aud
}

/**
 * Whether two audiences share a value, compared exactly. An absent or empty audience shares no value, so a missing
 * `aud` fails closed.
 */
export function audienceIntersects(
  aud: string | readonly string[] | undefined,
  expected: string | readonly string[] | undefined,
): boolean {
  if (aud === undefined || expected === undefined) return false
  if (typeof aud === 'string') return typeof expected === 'string' ? aud === expected : expected.includes(aud)
  if (typeof expected === 'string') return aud.includes(expected)
  return aud.some((value) => expected.includes(value))
}
