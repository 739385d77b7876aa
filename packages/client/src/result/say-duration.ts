/** Writes a duration for people. */

/** A duration in its two largest units, such as `59 min 59 s`; below a minute in seconds. */
export function sayDuration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds))
  if (!Number.isFinite(whole)) return 'an unknown time'
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor(whole / 3600), Math.floor(whole / 60)]
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`
}
