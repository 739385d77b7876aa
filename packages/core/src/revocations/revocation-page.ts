/** What a feed answers to the question "what comes after this position?" (docs/revocation-feed.md §3). */
import * as z from 'zod/mini'
import { ResponseMalformedError } from '../errors.ts'
import { parseMembers } from '../messages/parse-members.ts'
import {
  type RevocationEvent,
  revocationEventSchema,
  revocationKeySchema,
  revocationPositionSchema,
  revocationSecondsSchema,
} from './revocation-event.ts'

/** The most events on one page. */
export const MAX_PAGE_EVENTS = 4096

/** The most octets of a page on the wire. */
export const MAX_PAGE_BYTES = 1_048_576

/** One page of a log. */
export interface RevocationPage {
  /** The position of the last event on the page. Without events: the position up to which the log was read. */
  readonly position: string
  /** The events, oldest first. The first follows the position that was asked about, each other one the one before it. */
  readonly events: readonly RevocationEvent[]
  /** The log does not have the position that was asked about, or not any more. Then there are no events. */
  readonly gap: boolean
  /** There are more events after this page. Without it, the page ends with everything that was revoked by then. */
  readonly more: boolean
  /**
   * On the first page of a replay: the log has every event that was appended after this moment, in seconds since the epoch
   * by the clock of the log. Absent when the log cannot say.
   */
  readonly since?: number | undefined
  /** Tells which secret the log has, see `revocationKeyCheck`. Only for a follower that asks for it. */
  readonly key_check?: string | undefined
}

/** Schema of a page on the wire. `gap` and `more` are left out when they are false. Other members are ignored. */
export const revocationPageSchema = z.object({
  position: revocationPositionSchema,
  events: z.array(revocationEventSchema).check(z.maxLength(MAX_PAGE_EVENTS)),
  gap: z._default(z.boolean(), false),
  more: z._default(z.boolean(), false),
  key_check: z.optional(revocationKeySchema),
})

/** Schema of the first page of a replay. */
const replayPageSchema = z.extend(revocationPageSchema, { since: z.optional(revocationSecondsSchema) })

/**
 * Parses a page, and checks that its events are a chain that ends at its position.
 *
 * @param after - the position that was asked about; `undefined` when none was, as by a new follower.
 * @throws {@link ResponseMalformedError} when a member has the wrong type, or an event does not follow the one before.
 */
export function parseRevocationPage(value: unknown, after: string | undefined): RevocationPage {
  const page = parsePage(revocationPageSchema, value)
  const { events, gap, position } = page
  if ((gap || after === undefined) && events.length > 0) throw malformed('events after a gap')
  if (!gap && after !== undefined && !isChain(events, after, position))
    throw malformed('an event does not follow the one before it')
  return page
}

/**
 * Parses the first page of a replay, and checks that its events are a chain that ends at its position. What comes before
 * the first event is not known.
 *
 * @throws {@link ResponseMalformedError} when a member has the wrong type, when an event does not follow the one before, or
 * when the page is a gap.
 */
export function parseReplayPage(value: unknown): RevocationPage {
  const page = parsePage(replayPageSchema, value)
  const { events, gap, position } = page
  if (gap) throw malformed('a replay is a gap')
  if (!isChain(events, events[0]?.previous ?? position, position))
    throw malformed('an event does not follow the one before it')
  return page
}

function parsePage(schema: typeof revocationPageSchema | typeof replayPageSchema, value: unknown): RevocationPage {
  const page: RevocationPage = parseMembers(schema, value, 'revocation feed')
  if (page.more && page.events.length === 0) throw malformed('more events announced, and none sent')
  return page
}

/** Whether events follow one another from the position `after` to the position `last`. */
export function isChain(events: readonly RevocationEvent[], after: string, last: string): boolean {
  let position = after
  for (const event of events) {
    if (event.previous !== position) return false
    position = event.position
  }
  return position === last
}

function malformed(why: string): ResponseMalformedError {
  return new ResponseMalformedError(`revocation feed: ${why}`)
}
