/** Pages as they are on the wire, to count their octets. */
import { randomBytes } from 'node:crypto'
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'

/** A page with so many events. Positions have a counter of seven digits, as after some hours of a thousand a second. */
export function samplePage(events: number, after = samplePosition(3_600_000)): RevocationPage {
  const counter = Number(after.split('.', 1)[0])
  let previous = after
  const list = Array.from({ length: events }, (_, index): RevocationEvent => {
    const position = samplePosition(counter + index + 1)
    const event = { position, previous, at: 1_764_480_000, cut: null, kind: 'token', key: text(12) } as const
    previous = position
    return event
  })
  return { position: previous, events: list, gap: false, more: false }
}

/** A page as one message of an event stream. */
export function sampleMessage(page: RevocationPage): string {
  const { position, events } = page
  return `data: ${JSON.stringify({ position, events })}\n\n`
}

/** The octets of a message on the wire: with its chunk, its TLS record, and the headers of its packets. */
export function wireOctets(message: string): number {
  const encrypted = message.length + 7 + 22
  return encrypted + 52 * Math.ceil(encrypted / 1400)
}

function samplePosition(counter: number): string {
  return `${counter}.${text(9)}`
}

function text(octets: number): string {
  return randomBytes(octets).toString('base64url')
}
