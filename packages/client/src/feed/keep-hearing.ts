/** Hears events of a feed again and again, until nobody listens. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'

/** What hearing needs. */
export interface Hearing {
  /** The last position of the feed. */
  readonly ask: () => Promise<RevocationPage>
  readonly listen: (after: string, onEvents: (events: readonly RevocationEvent[]) => boolean) => Promise<void>
  /** There may be new events. */
  readonly onEvents: () => void
  readonly signal: AbortSignal
  /** At least 0 and below 1. */
  readonly random: () => number
}

/** The pause after a stream has ended without an event. Each failure doubles it. */
const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 30_000

/**
 * Finds the last position, and listens from there. Who hears of it reads then, so that nothing is lost between two
 * streams. After a failure it pauses, longer each time, and different in every process.
 */
export async function keepHearing({ ask, listen, onEvents, signal, random }: Hearing): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    let heard = false
    try {
      const { position } = await ask()
      onEvents()
      await listen(position, (events) => {
        if (events.length > 0) {
          heard = true
          onEvents()
        }
        return !signal.aborted
      })
      failures = 0
    } catch {
      // The next question of a follower fails in the same way, and reports it.
      failures = heard ? 1 : failures + 1
    }
    // A stream that ends at once, without a failure, must not make the loop spin.
    if (failures > 0 || !heard) {
      await pause(Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (1 - random() / 2), signal)
    }
  }
}

/** Ends early when the signal aborts. It does not keep the process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    function end(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const handle: unknown = timer
    // Outside Node the timer is a number, and timers do not keep the process alive.
    if (typeof handle === 'object') (handle as { unref(): void }).unref()
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}
