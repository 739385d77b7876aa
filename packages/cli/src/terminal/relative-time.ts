/** Times as people say them: "in 5 minutes", "2 days ago". */

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/**
 * A moment relative to now.
 *
 * @param seconds - the moment, in seconds since the epoch.
 * @param nowMs - now, in milliseconds since the epoch.
 */
export function relativeTime(seconds: number, nowMs: number): string {
  const difference = Math.round(seconds - nowMs / 1000)
  if (difference === 0) return 'now'
  const text = duration(Math.abs(difference))
  return difference > 0 ? `in ${text}` : `${text} ago`
}

/** From how many seconds on a duration is rounded to so many. */
const ROUNDING = [
  [864_000, 86_400],
  [36_000, 3600],
  [600, 60],
  [0, 1],
] as const

/** A number of seconds, rounded as people do, in at most two units: `1 hour 5 minutes`, `2 minutes 5 seconds`. */
export function duration(seconds: number): string {
  const unitOfRounding = ROUNDING.find(([from]) => seconds >= from)?.[1] ?? 1
  let rest = Math.round(seconds / unitOfRounding) * unitOfRounding
  const parts: string[] = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
    if (parts.length === 2) break
  }
  return parts.join(' ') || '0 seconds'
}

/** The largest date of JavaScript, in seconds. */
const MAX_DATE_SECONDS = 8_640_000_000_000

/** A moment in UTC, such as `2026-11-30 12:00:00 UTC`. */
export function absoluteTime(seconds: number): string {
  if (!(Math.abs(seconds) <= MAX_DATE_SECONDS)) return 'no date'
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
