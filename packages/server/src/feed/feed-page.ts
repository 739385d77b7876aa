/** Pages of the feed as text. Each event is written once, for all followers. */
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
  readonly since?: number | undefined
  /** Only for a follower that wants it. */
  readonly key_check?: string | undefined
}

/** Writes an event with its six members and nothing else, whatever the source adds. */
function writeEvent({ position, previous, at, cut, kind, key }: RevocationEvent): WrittenEvent {
  return { position, text: JSON.stringify({ position, previous, at, cut, kind, key }) }
}

/** Writes the events of a page. */
export function writePage({ position, events, gap, more, since }: RevocationPage): WrittenPage {
  return { position, events: events.map(writeEvent), gap, more, since }
}

/** The JSON of a page (docs/revocation-feed.md §3.2). */
export function toJson({ position, events, gap, more, since, key_check }: WrittenPage): string {
  const flags = `${gap ? ',"gap":true' : ''}${more ? ',"more":true' : ''}`
  // JSON.stringify leaves out what is undefined.
  const about = JSON.stringify({ since, key_check }).slice(1, -1)
  const others = `${flags}${about === '' ? '' : `,${about}`}`
  return `{"position":${JSON.stringify(position)},"events":[${events.map(({ text }) => text).join()}]${others}}`
}

/** One message of an event stream. A page of a stream has no `more` (docs/revocation-feed.md §3.4). */
export function toMessage(page: WrittenPage): string {
  return `data: ${toJson({ ...page, more: false })}\n\n`
}
