/** The `aud` member of RFC 7662 §2.2 and RFC 7519 §4.1.3: one string, or an array of them. */
import * as z from 'zod/mini'

/** Schema of `aud`. An empty array is an audience of nobody. */
export const audienceSchema = z.union([z.string(), z.array(z.string())])

/** `aud` as it travels: one string or an array of strings, compared case-sensitively. */
export type Audience = string | string[]

/** `aud` as a list; an absent one is empty. */
export function toAudienceList(aud: string | readonly string[] | undefined): readonly string[] {
  if (aud === undefined) return []
  return typeof aud === 'string' ? [aud] : aud
}

/**
 * Whether two audiences share a value by exact comparison. An absent or empty audience shares none,
 * so a missing `aud` fails closed.
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
