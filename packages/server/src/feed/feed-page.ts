/** Pages of the feed as text. Each event is written once, whoever gets it. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'

/** An event whose text is made. */
export interface WrittenEvent {
  readonly position: string
  /** As JSON. */
  readonly text: string
}

/** A page whose events are written. */
export interface WrittenPage {
  readonly position: string
  readonly events: readonly WrittenEvent[]
  readonly gap: boolean
  readonly more: boolean
}

/** Writes an event with its six members and nothing else, whatever the source adds. */
function writeEvent({ position, previous, at, cut, kind, key }: RevocationEvent): WrittenEvent {
  return { position, text: JSON.stringify({ position, previous, at, cut, kind, key }) }
}

/** Writes the events of a page. */
export function writePage({ position, events, gap, more }: RevocationPage): WrittenPage {
  return { position, events: events.map(writeEvent), gap, more }
}

/** The JSON of a page (docs/revocation-feed.md §3.2). */
export function toJson({ position, events, gap, more }: WrittenPage): string {
  const flags = `${gap ? ',"gap":true' : ''}${more ? ',"more":true' : ''}`
  return `{"position":${JSON.stringify(position)},"events":[${events.map(({ text }) => text).join()}]${flags}}`
}

/** One message of an event stream. A page of a stream has no `more` (docs/revocation-feed.md §3.4). */
export function toMessage(page: WrittenPage): string {
  return `data: ${toJson({ ...page, more: false })}\n\n`
}
