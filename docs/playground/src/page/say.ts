/** Numbers as people say them. */

/** A duration, such as `4 min 12 s`. */
export function sayDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'no bound'
  if (seconds > 0 && seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const parts = [hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`, rest > 0 && `${rest} s`]
  return parts.filter((part) => part !== false).join(' ') || '0 s'
}

/** The time of day, such as `14:05:09`. */
export function sayTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB')
}
