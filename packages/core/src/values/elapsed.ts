/** Time that has passed, by a clock that may be set back. */

/**
 * Milliseconds since a moment, by a clock that counts from the epoch. A time server or a resumed virtual machine
 * sometimes sets such a clock back. Then nobody knows how much time has passed, and the result is `Infinity`: cached
 * values count as stale, and no cooldown waits until the clock reaches the old time again.
 */
export function elapsedMs(sinceMs: number, nowMs: number): number {
  const elapsed = nowMs - sinceMs
  return elapsed >= 0 ? elapsed : Number.POSITIVE_INFINITY
}
