/** Reads a log of revocations, for the cases of its contract. */
import {
  parseRevocationPage,
  type RevocationEvent,
  type RevocationPage,
  type RevocationSource,
} from '@token-introspection/core/revocations'
import type { RevocationLog, WritableTokenStore } from '@token-introspection/server'
import { expectEqual } from './contract-case.ts'

/** A moment long ago. */
export const PAST = 1_000_000_000
/** A JWT, which a log knows by two digests. */
export const JWT = `${btoa('{"alg":"ES256"}')}.${btoa('{"sub":"alice"}')}.c2ln`.replaceAll('=', '')

/** The log of a store. */
export function logOf(store: WritableTokenStore): RevocationLog {
  if (store.revocations === undefined) throw new Error('the store has no log of revocations')
  return store.revocations
}

/** The last position of a log. */
export async function lastOf(log: RevocationSource): Promise<string> {
  return (await log.readAfter(undefined, 1)).position
}

/** Every event after a position. Each page is checked as a follower checks it. */
export async function eventsAfter(log: RevocationSource, after: string): Promise<readonly RevocationEvent[]> {
  const events: RevocationEvent[] = []
  for (let position = after, more = true; more; ) {
    const page: RevocationPage = await log.readAfter(position, 64)
    parseRevocationPage(page, position)
    expectEqual(page.gap, false, 'a gap')
    events.push(...page.events)
    ;({ position, more } = page)
  }
  return events
}

/** In an order of their texts, because the order of events that belong together does not matter. */
export function sorted<Value>(values: readonly Value[]): Value[] {
  return values.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
}
