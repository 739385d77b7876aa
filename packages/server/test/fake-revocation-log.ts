/** A log of revocations in memory, whose answers a test can hold back or break. */
import {
  createRevocationKeys,
  type RevocationEvent,
  type RevocationKind,
  type RevocationPage,
} from '@token-introspection/core/revocations'
import type { RevocationLog } from '../src/stores/revocation-log.ts'
import { NOW } from './endpoint.ts'

const KEY_SECRET = 'a-secret-of-the-log-with-32-octets!'
export const FIRST_POSITION = '0.first'

/** What a test can do with the log. */
export interface FakeRevocationLog extends RevocationLog {
  /** Appends an event, and calls the listeners. */
  append(kind: RevocationKind, identifier: string): Promise<RevocationEvent>
  /** Forgets the oldest events, as retention does. */
  trim(count: number): void
  /** Replaces the log by an empty one with another position. */
  replace(position: string): void
  /** The position of the last event. */
  readonly position: string
  /** The `after` of every read, in order. */
  readonly reads: (string | undefined)[]
  readonly listeners: ReadonlySet<() => void>
  /** Called before each read and each `has`. It may throw or wait. */
  before: () => void | Promise<void>
}

export function createFakeRevocationLog(): FakeRevocationLog {
  const keyOf = createRevocationKeys(KEY_SECRET)
  let events: RevocationEvent[] = []
  let start = FIRST_POSITION
  const listeners = new Set<() => void>()
  const last = (): string => events.at(-1)?.position ?? start
  /** How many events lie up to the position. */
  const indexOf = (position: string): number =>
    position === start ? 0 : events.findIndex((event) => event.position === position) + 1 || Number.NaN
  const log: FakeRevocationLog = {
    keyOf,
    before: () => undefined,
    reads: [],
    listeners,
    get position() {
      return last()
    },
    async append(kind, identifier) {
      const previous = last()
      const counter = Number(previous.split('.')[0]) + 1
      const event: RevocationEvent = {
        position: `${counter}.tag${counter}`,
        previous,
        at: NOW,
        cut: null,
        kind,
        key: await keyOf(kind, identifier),
      }
      events.push(event)
      for (const listener of listeners) listener()
      return event
    },
    trim(count) {
      start = (events[count - 1] as RevocationEvent).position
      events = events.slice(count)
    },
    replace(position) {
      events = []
      start = position
    },
    async has(position) {
      await log.before()
      return !Number.isNaN(indexOf(position))
    },
    async readAfter(after, limit): Promise<RevocationPage> {
      log.reads.push(after)
      await log.before()
      const index = after === undefined ? events.length : indexOf(after)
      if (Number.isNaN(index)) return { position: last(), events: [], gap: true, more: false }
      const page = events.slice(index, index + limit)
      return {
        position: page.at(-1)?.position ?? after ?? last(),
        events: page,
        gap: false,
        more: index + page.length < events.length,
      }
    },
    onAppended(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return log
}
