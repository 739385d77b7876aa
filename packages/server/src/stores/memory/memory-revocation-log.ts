/** The log of revocations of a store in memory: a ring of events, bounded by age and by number. */
import { andThen, isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import {
  createFoundRevocationKeys,
  createRevocationKeys,
  MAX_PAGE_EVENTS,
  type RevocationEvent,
  type RevocationKeys,
  type RevocationKind,
  type RevocationPage,
} from '@token-introspection/core/revocations'
import { readPosition, writePosition } from '../log-position.ts'
import { randomTag, randomText } from '../random-text.ts'
import type { KeySecret } from '../known-secret.ts'
import type { RevocationLog } from '../revocation-log.ts'
import type { RevocationLogSettings } from '../revocation-log-options.ts'

/** The most events that the log keeps. A follower that misses more asks about its tokens again. */
const MAX_KEPT_EVENTS = 100_000

/** The octets of a random secret: 256 bits. */
const SECRET_OCTETS = 32

/** What an append notes. The key and the tag are made when somebody reads the event, because most logs are read rarely. */
interface Entry {
  readonly kind: RevocationKind
  readonly identifier: string
  readonly at: number
  readonly cut: number | null
  tag: string | undefined
  key: MaybePromise<string> | undefined
}

/**
 * A log in memory. It ends with the process. It begins when it is first used: a worker has no clock and draws nothing at random
 * before its first request.
 */
export class MemoryRevocationLog implements RevocationLog {
  readonly #keySecret: KeySecret
  #keys: RevocationKeys | undefined
  readonly #retentionSeconds: number
  readonly #now: () => number
  readonly #listeners = new Set<() => void>()
  /** The events from `#head` on. Those before it are removed in one go when they are as many. */
  #entries: Entry[] = []
  #head = 0
  /** The number of the event before the first entry. */
  #before = 0
  /** The tag of the event right before the oldest one that the log has. */
  #originTag: string | undefined
  /** When that event was appended, or when the log began. */
  #originAt: number | undefined

  /** @param now - seconds since the epoch. */
  constructor({ keySecret, retentionSeconds }: RevocationLogSettings, now: () => number) {
    this.#keySecret = keySecret
    this.#now = now
    this.#retentionSeconds = retentionSeconds
  }

  readonly keyOf: RevocationKeys = (kind, identifier) => {
    this.#keys ??= this.#createKeys()
    return this.#keys(kind, identifier)
  }

  #createKeys(): RevocationKeys {
    const given = this.#keySecret
    if (typeof given === 'function') return createFoundRevocationKeys(given)
    return createRevocationKeys(given ?? randomText(SECRET_OCTETS))
  }

  /** How many events the log keeps. */
  get size(): number {
    return this.#entries.length - this.#head
  }

  /**
   * Appends an event and calls the listeners. It is synchronous, so that no reader comes between the revocation and its event.
   *
   * @returns the number of the event, for {@link MemoryRevocationLog.positionOf}.
   */
  append(kind: RevocationKind, identifier: string, at: number, cut: number | null): number {
    this.#originAt ??= at
    this.#entries.push({ kind, identifier, at, cut, tag: undefined, key: undefined })
    this.#trim(at - this.#retentionSeconds)
    for (const listener of this.#listeners) listener()
    return this.#last
  }

  /** The position of an event. If the log does not keep the event any more, the last position. */
  positionOf(number: number): string {
    const tag = this.#tagOf(number)
    return tag === undefined ? this.positionOf(this.#last) : writePosition({ number, tag })
  }

  has(position: string): boolean {
    return this.#find(position) !== undefined
  }

  readAfter(after: string | undefined, limit: number): MaybePromise<RevocationPage> {
    const last = this.positionOf(this.#last)
    if (after === undefined) return { position: last, events: [], gap: false, more: false }
    const from = this.#find(after)
    return from === undefined ? { position: last, events: [], gap: true, more: false } : this.#page(from, limit)
  }

  /** The oldest events, for followers that verify JWTs by themselves. */
  readOldest(limit: number): MaybePromise<RevocationPage> {
    const since = (this.#originAt ??= this.#now())
    return andThen(this.#page(this.#before + this.#head, limit), (page) => ({ ...page, since }))
  }

  onAppended(listener: () => void): () => void {
    // Two callers may give the same function.
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  get #last(): number {
    return this.#before + this.#entries.length
  }

  /** The number of the event at a position, or `undefined`. */
  #find(position: string): number | undefined {
    const asked = readPosition(position)
    return asked !== undefined && this.#tagOf(asked.number) === asked.tag ? asked.number : undefined
  }

  /** The tag of an event that the log has, and of the one right before the oldest. */
  #tagOf(number: number): string | undefined {
    const index = number - this.#before - 1
    if (index === this.#head - 1) {
      this.#originAt ??= this.#now()
      return (this.#originTag ??= randomTag())
    }
    const entry = index < this.#head ? undefined : this.#entries[index]
    return entry && (entry.tag ??= randomTag())
  }

  #page(from: number, limit: number): MaybePromise<RevocationPage> {
    const start = from - this.#before
    const to = Math.min(this.#entries.length, start + Math.min(limit, MAX_PAGE_EVENTS))
    const position = this.positionOf(this.#before + to)
    const more = to < this.#entries.length
    const events: MaybePromise<RevocationEvent>[] = []
    for (let index = start; index < to; index++) events.push(this.#eventAt(index))
    if (!events.some(isPromise)) return { position, events: events as RevocationEvent[], gap: false, more }
    return Promise.all(events.map(async (event) => await event)).then((read) => ({
      position,
      events: read,
      gap: false,
      more,
    }))
  }

  #eventAt(index: number): MaybePromise<RevocationEvent> {
    const entry = this.#entries[index] as Entry
    const { kind, at, cut } = entry
    const number = this.#before + index + 1
    const [position, previous] = [this.positionOf(number), this.positionOf(number - 1)]
    return andThen(this.#keyAt(entry), (key) => ({ position, previous, at, cut, kind, key }))
  }

  #keyAt(entry: Entry): MaybePromise<string> {
    if (entry.key !== undefined) return entry.key
    const key = this.keyOf(entry.kind, entry.identifier)
    entry.key = key
    // After a failure, the next reader asks for the secret again.
    if (isPromise(key)) key.catch(() => (entry.key = undefined))
    return key
  }

  /** Removes up to two events that are too old, or one too many. The last event always stays. */
  #trim(oldest: number): void {
    for (let removed = 0; removed < 2 && this.size > 1; removed++) {
      const first = this.#entries[this.#head] as Entry
      if (first.at > oldest && this.size <= MAX_KEPT_EVENTS) return
      // A tag that nobody has read is drawn when somebody does.
      this.#originTag = first.tag
      this.#originAt = first.at
      this.#head++
    }
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#before += this.#head
      this.#head = 0
    }
  }
}
