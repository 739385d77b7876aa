/** The latest events in memory, so that followers near the end of the log cost no reads of their own. */
import type { WrittenEvent, WrittenPage } from './feed-page.ts'

/** The largest number of events. Each takes about 300 octets. */
const MAX_EVENTS = 4096

/** A bounded chain of events. */
export interface RecentEvents {
  /** The last position. */
  readonly head: string
  /** Begins again at a position, without events. */
  reset(head: string): void
  /** Adds the events that follow the head. */
  push(events: readonly WrittenEvent[]): void
  /** What comes after a position. `undefined` when the position is not among the events. */
  after(position: string, limit: number): WrittenPage | undefined
}

/** Creates a chain without events. */
export function createRecentEvents(start: string): RecentEvents {
  let head = start
  let events: WrittenEvent[] = []
  /** The running number of each position. The first of `events` has the number `dropped`. */
  let numbers = new Map<string, number>([[start, 0]])
  let dropped = 1

  return {
    get head() {
      return head
    },
    reset(position) {
      head = position
      events = []
      dropped = 1
      numbers = new Map([[position, 0]])
    },
    push(added) {
      for (const event of added) {
        numbers.set(event.position, dropped + events.length)
        events.push(event)
        head = event.position
      }
      if (events.length <= 2 * MAX_EVENTS) return
      // Dropped by the thousand, because each time costs a copy.
      const surplus = events.length - MAX_EVENTS
      events = events.slice(surplus)
      dropped += surplus
      for (const [position, number] of numbers) {
        if (number >= dropped - 1) break
        numbers.delete(position)
      }
    },
    after(position, limit) {
      const number = numbers.get(position)
      if (number === undefined) return undefined
      const from = number + 1 - dropped
      const page = events.slice(from, from + limit)
      return {
        position: page.at(-1)?.position ?? position,
        events: page,
        gap: false,
        more: from + page.length < events.length,
      }
    },
  }
}
