/** Pages of logs that are tables: the rows are read in the order of their numbers. */
import type { RevocationEvent, RevocationKind, RevocationPage } from '@token-introspection/core/revocations'
import { type LogPosition, writePosition } from './log-position.ts'

/** A row of the log. The row where a log begins has no event. */
export interface LogRow extends LogPosition {
  readonly previous: string | null
  readonly at: number
  readonly cut: number | null
  readonly kind: RevocationKind | null
  readonly key: string | null
}

/** Makes the page after a row. `rows` are up to one more than the page may have. */
export function toPage(after: string, rows: readonly LogRow[], limit: number): RevocationPage {
  const events = rows.slice(0, limit).map(toEvent)
  return { position: events.at(-1)?.position ?? after, events, gap: false, more: rows.length > limit }
}

/** The page for a follower that asks after a position that the log does not have, or after none. */
export function pageWithoutEvents(last: LogPosition, gap: boolean): RevocationPage {
  return { position: writePosition(last), events: [], gap, more: false }
}

function toEvent(row: LogRow): RevocationEvent {
  return {
    position: writePosition(row),
    previous: row.previous as string,
    at: row.at,
    cut: row.cut,
    kind: row.kind as RevocationKind,
    key: row.key as string,
  }
}
