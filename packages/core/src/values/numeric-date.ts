/** NumericDate as RFC 7662 §2.2 narrows it: whole seconds since 1970-01-01T00:00:00Z. */
import * as z from 'zod/mini'

/** Values from here on count as milliseconds: as seconds they would lie after the year 5138. */
export const NUMERIC_DATE_LIMIT = 1e11

/** Schema of `exp`, `iat` and `nbf`: a JSON integer from 0 up to {@link NUMERIC_DATE_LIMIT}. */
export const numericDateSchema = z.int().check(z.gte(0), z.lt(NUMERIC_DATE_LIMIT))

/**
 * Whether a value is a NumericDate in whole seconds (RFC 7662 §2.2). Strings, fractions, negative numbers and
 * milliseconds are refused.
 */
export function isNumericDate(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < NUMERIC_DATE_LIMIT
}

const DATES = ['exp', 'iat', 'nbf'] as const

/**
 * Rounds the dates of an answer down to whole seconds. A JWT may have fractions, an introspection response may not (RFC
 * 7519 §2, RFC 7662 §2.2). The clock that the dates are compared with is rounded down as well, so a token that was
 * issued a moment ago is valid at once. Returns the same object when nothing changes. Values that are not numbers are
 * not changed.
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

/** Converts milliseconds since the epoch, as `Date.now()` gives them, to a NumericDate. */
export function toNumericDate(epochMs: number): number {
  return Math.floor(epochMs / 1000)
}
