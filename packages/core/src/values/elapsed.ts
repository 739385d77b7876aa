/** How long ago something was, by a clock that may be set back. */

/**
 * Milliseconds since a moment, by a clock that counts from the epoch. Such a clock is set back now and then: by a time server,
 * or when a virtual machine resumes. Then nobody knows how long ago the moment was, and the result is `Infinity`: what is
 * remembered counts as stale, and no cooldown waits until the old time returns.
 */
export function elapsedMs(sinceMs: number, nowMs: number): number {
  const elapsed = nowMs - sinceMs
  return elapsed >= 0 ? elapsed : Number.POSITIVE_INFINITY
}
