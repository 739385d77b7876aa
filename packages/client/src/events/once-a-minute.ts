/** Decides when to report a frequent event again. */

const PERIOD_MS = 60_000

/**
 * Says whether to report something now: each name at most once a minute. Use only names from a fixed set, because the
 * function remembers every name.
 *
 * @param nowMs - milliseconds since the epoch.
 */
export function onceAMinute(nowMs: () => number): (name: string) => boolean {
  const toldAtMs = new Map<string, number>()
  return (name) => {
    const now = nowMs()
    const last = toldAtMs.get(name)
    // After the clock was set back, report once too often rather than never.
    if (last !== undefined && now >= last && now - last < PERIOD_MS) return false
    toldAtMs.set(name, now)
    return true
  }
}
