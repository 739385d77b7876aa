/** The log of revocations as a stream of Redis: a store appends to it, and followers read it. */
import { ResponseMalformedError } from '../errors.ts'
import {
  MAX_PAGE_EVENTS,
  parseReplayPage,
  parseRevocationPage,
  type RevocationPage,
} from '../revocations/revocation-page.ts'
import type { SendRedisCommand } from './redis-client.ts'
import { createRedisScript, runRedisScript } from './redis-script.ts'

/** The keys of a log. */
export interface RevocationStreamKeys {
  /**
   * The stream. The event with the counter n has the id `n-0`. The entry `0-1` is where the log begins: it has a tag and
   * a time, and it is no event.
   */
  readonly stream: string
  /** What a fenced question writes. */
  readonly fence: string
  /** The secret of the keys of events. Only stores read it. */
  readonly secret: string
  /** How the secret begins, and the last position. Only stores read and write it, because that is faster than the stream. */
  readonly last: string
}

/** The keys of the log of a store. */
export function revocationStreamKeys(keyPrefix: string): RevocationStreamKeys {
  const stream = `${keyPrefix}revocations`
  return { stream, fence: `${stream}:fence`, secret: `${stream}:secret`, last: `${stream}:last` }
}

/** How a log in a stream is read. */
export interface RevocationStreamReading {
  readonly keys: RevocationStreamKeys
  /** The most events of a page. */
  readonly limit: number
  /**
   * Whether each question writes a key in the same script. A primary that may not write, because its replicas have left
   * it, then answers with an error and not with an old page.
   */
  readonly fenced: boolean
}

/** The id of the entry where a log begins. */
const ORIGIN_ID = '0-1'

/** A position is the counter of an event and its tag. Another log may have events with the same counter. */
const POSITION = /^(0|[1-9]\d{0,14})\.[\w-]{1,40}$/

const EVENT_ID = /^([1-9]\d{0,14})-0$/

const WHOLE_NUMBER = /^\d{1,12}$/

/** An entry of a stream: its id, and its fields and values in turn. Nothing in it is checked. */
type StreamEntry = readonly [id: string, fields: readonly string[]]

/** Writes, and gives the entries from an id on and the last entry: both as they are at one moment. */
const READ_FENCED = createRedisScript(`
redis.call('SET', KEYS[2], '1')
local found = ARGV[1] == '' and {} or redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])
return {found, redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)}
`)

/**
 * Reads what comes after a position; without a position, where the log ends.
 *
 * @returns `undefined` if there is no log under these keys.
 * @throws {@link ResponseMalformedError} if an entry is not one of a log.
 */
export async function readRevocationStream(
  send: SendRedisCommand,
  reading: RevocationStreamReading,
  after: string | undefined,
): Promise<RevocationPage | undefined> {
  const limit = Math.min(reading.limit, MAX_PAGE_EVENTS)
  const id = after === undefined ? undefined : streamIdOf(after)
  const { found, readLast } = await readEntries(send, reading, id, limit)
  const [first, ...following] = found
  if (after === undefined || first === undefined || positionOf(first) !== after) {
    const [last] = await readLast()
    return last && parseRevocationPage({ position: positionOf(last), events: [], gap: after !== undefined }, after)
  }
  const events = following.slice(0, limit).map(toEvent)
  const position = events.at(-1)?.position ?? after
  return parseRevocationPage({ position, events, more: following.length > limit }, after)
}

/**
 * Reads the oldest events, and says since when the log has every event.
 *
 * @returns `undefined` if there is no log under these keys.
 * @throws {@link ResponseMalformedError} if an entry is not one of a log.
 */
export async function replayRevocationStream(
  send: SendRedisCommand,
  reading: RevocationStreamReading,
): Promise<RevocationPage | undefined> {
  const limit = Math.min(reading.limit, MAX_PAGE_EVENTS)
  const { found } = await readEntries(send, reading, '-', limit)
  const [first] = found
  if (first === undefined) return undefined
  const entries = first[0] === ORIGIN_ID ? found.slice(1) : found
  const events = entries.slice(0, limit).map(toEvent)
  const position = events.at(-1)?.['position'] ?? positionOf(first)
  const since = toNumber(fieldsOf(first[1])['at'])
  return parseReplayPage({ position, events, more: entries.length > limit, ...(since !== undefined && { since }) })
}

/** The entry at an id and those after it: one more than may be on a page, to see whether there are more. */
async function readEntries(
  send: SendRedisCommand,
  { keys, fenced }: RevocationStreamReading,
  id: string | undefined,
  limit: number,
) {
  const count = String(limit + 2)
  if (fenced) {
    const reply = await runRedisScript(send, READ_FENCED, [keys.stream, keys.fence], [id ?? '', count])
    const [found, last] = reply as [unknown, unknown]
    return { found: toEntries(found), readLast: () => toEntries(last) }
  }
  return {
    // One command reads the entry itself and those after it, so nothing can be trimmed in between.
    found: id === undefined ? [] : toEntries(await send('XRANGE', [keys.stream, id, '+', 'COUNT', count])),
    readLast: async () => toEntries(await send('XREVRANGE', [keys.stream, '+', '-', 'COUNT', '1'])),
  }
}

/** The id of the entry at a position. `undefined` for a position that no log of this kind has. */
export function streamIdOf(position: string): string | undefined {
  const counter = POSITION.exec(position)?.[1]
  return counter === '0' ? ORIGIN_ID : counter && `${counter}-0`
}

/** Whether a reply of `XRANGE` has the event at this position. */
export function isAtPosition(reply: unknown, position: string): boolean {
  const [entry] = toEntries(reply)
  return entry !== undefined && positionOf(entry) === position
}

/** The events of a reply of `XREAD` for one stream, and the id of the last one. Without entries there are no events. */
export function readStreamedEvents(reply: unknown) {
  const entries = entriesOfRead(reply)
  if (entries.length === 0) return undefined
  const events = entries.map(toEvent)
  const { previous } = events[0] as { previous: string }
  const page = parseRevocationPage({ position: events.at(-1)?.position, events }, previous)
  return { events: page.events, id: (entries.at(-1) as StreamEntry)[0] }
}

/** The entries of the one stream that was read. A reply is a list of streams, or a map, or the members of a map in a list. */
function entriesOfRead(reply: unknown): readonly StreamEntry[] {
  if (reply === null || reply === undefined) return []
  if (reply instanceof Map) return toEntries([...(reply as Map<unknown, unknown>).values()][0])
  if (!Array.isArray(reply)) return toEntries(Object.values(reply)[0])
  const [first, second] = reply as unknown[]
  return toEntries(Array.isArray(first) ? (first as unknown[])[1] : second)
}

/** Other programs may have written an entry, but a server of Redis gave it this form. */
function toEntries(reply: unknown): readonly StreamEntry[] {
  if (!Array.isArray(reply)) throw new ResponseMalformedError('revocation log: Redis gave no entries of a stream')
  return reply as StreamEntry[]
}

/** `undefined` for an entry that is not one of a log. */
function positionOf([id, list]: StreamEntry): string | undefined {
  const counter = id === ORIGIN_ID ? '0' : EVENT_ID.exec(id)?.[1]
  const { tag } = fieldsOf(list)
  const position = `${counter}.${tag}`
  return tag !== undefined && POSITION.test(position) ? position : undefined
}

/** The event in an entry. It is not checked yet. */
function toEvent(entry: StreamEntry): Record<string, unknown> {
  const [id, list] = entry
  const { previous = '', at = '', cut, kind, key } = fieldsOf(list)
  return {
    position: positionOf(entry),
    previous: `${Number(EVENT_ID.exec(id)?.[1]) - 1}.${previous}`,
    at: toNumber(at),
    cut: cut === '' ? null : toNumber(cut),
    kind,
    key,
  }
}

function fieldsOf(list: readonly string[]): Partial<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (let index = 0; index < list.length; index += 2) fields[list[index] as string] = list[index + 1] as string
  return fields
}

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : undefined
}
