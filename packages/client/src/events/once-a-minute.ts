/** Says when something that happens often is to be told again. */

const PERIOD_MS = 60_000

/**
 * Whether a thing is to be told now: each once a minute at most. Give it names out of a fixed set alone, because it
 * remembers every one.
 *
 * @param nowMs - milliseconds since the epoch.
 */
export function onceAMinute(nowMs: () => number): (name: string) => boolean {
  const toldAtMs = new Map<string, number>()
  return (name) => {
    const now = nowMs()
    const last = toldAtMs.get(name)
    // A clock that was set back makes for one message too many, and for no silence.
    if (last !== undefined && now >= last && now - last < PERIOD_MS) return false
    toldAtMs.set(name, now)
    return true
  }
}
