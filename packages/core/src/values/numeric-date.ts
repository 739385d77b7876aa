/** NumericDate as RFC 7662 §2.2 narrows it: whole seconds since 1970-01-01T00:00:00Z. */
import * as z from 'zod/mini'

/** Values from here on are taken for milliseconds: as seconds they would lie after the year 5138. */
export const NUMERIC_DATE_LIMIT = 1e11

/** Schema of `exp`, `iat` and `nbf`: a JSON integer from 0 up to {@link NUMERIC_DATE_LIMIT}. */
export const numericDateSchema = z.int().check(z.gte(0), z.lt(NUMERIC_DATE_LIMIT))

/**
 * Whether a value is a NumericDate in whole seconds (RFC 7662 §2.2). Strings, fractions, negative
 * numbers and milliseconds are not.
 */
export function isNumericDate(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < NUMERIC_DATE_LIMIT
}

const DATES = ['exp', 'iat', 'nbf'] as const

/**
 * The same members with their dates in whole seconds: a JWT may have fractions, an introspection
 * response may not (RFC 7519 §2, RFC 7662 §2.2). Fractions are dropped, as they are of the clock that dates are compared
 * with; so a token that was issued a moment ago is good at once. The value itself where there is none; what is no number
 * stays as it is.
 *
 * @param dates - the members that are dates. Default `exp`, `iat` and `nbf`.
 */
export function withWholeDates<Members extends object>(members: Members, dates: readonly string[] = DATES): Members {
  let whole: Record<string, unknown> | undefined
  for (const name of dates) {
    const date: unknown = Object.hasOwn(members, name) ? (members as Record<string, unknown>)[name] : undefined
    if (typeof date !== 'number' || Number.isInteger(date)) continue
    whole = { ...(whole ?? members), [name]: Math.floor(date) }
  }
  return (whole as Members | undefined) ?? members
}

/** Milliseconds since the epoch, as `Date.now()` gives them, as a NumericDate. */
export function toNumericDate(epochMs: number): number {
  return Math.floor(epochMs / 1000)
}
