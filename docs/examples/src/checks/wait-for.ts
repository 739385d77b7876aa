/** Waits until something holds. */
import { setTimeout as delay } from 'node:timers/promises'

/** Tries until `attempt` gives true. @returns false when it does not in time. An error counts as false. */
export async function waitFor(attempt: () => Promise<boolean>, limitMs = 60_000): Promise<boolean> {
  const until = performance.now() + limitMs
  for (;;) {
    if (await attempt().catch(() => false)) return true
    if (performance.now() > until) return false
    await delay(20)
  }
}
