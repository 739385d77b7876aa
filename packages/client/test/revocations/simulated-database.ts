/**
 * The primary database: records, revocations and the log of events. What is committed is a list of writes, so a replica
 * is a number of writes, and a failover that loses the last writes takes them off the end.
 */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import type { Revocable, SimulatedToken } from './simulated-tokens.ts'

/** A revocation that the database has, or the change of a record, which has an event as well. */
export interface Revocation {
  /** No other one has the same number, and a later one has a larger one. */
  readonly serial: number
  readonly revocable: Revocable
  /** When it became durable, in true milliseconds. */
  readonly durableAtMs: number
  /** The time at the clock of the log. */
  readonly at: number
  /** Its number in the list of writes. */
  readonly write: number
  /** Where its event is in the log; `undefined` before it is numbered. */
  logged: LoggedEvent | undefined
}

export interface LoggedEvent {
  /** The number of its log: an upgrade may begin another one. */
  readonly log: number
  readonly index: number
  readonly event: RevocationEvent
  /** The write that numbered it. */
  readonly write: number
  readonly revocation: Revocation | undefined
}

type Write =
  | { readonly did: 'revoke'; readonly revocation: Revocation }
  | { readonly did: 'save'; readonly revocation: Revocation; readonly token: SimulatedToken }
  | { readonly did: 'number'; readonly logged: LoggedEvent }
  | { readonly did: 'issue'; readonly token: SimulatedToken }
  | { readonly did: 'begin log' }

export interface DatabaseSettings {
  /** A mutation: positions are counters without a tag. */
  readonly tagless?: boolean
}

export class SimulatedDatabase {
  readonly #settings: DatabaseSettings
  readonly #writes: Write[] = []
  readonly #revocations = new Map<Revocable, Revocation>()
  readonly #saves = new Map<SimulatedToken, Revocation[]>()
  readonly #issued = new Map<SimulatedToken, { write: number; atMs: number }>()
  #log: LoggedEvent[] = []
  #byPosition = new Map<string, LoggedEvent>()
  #unnumbered: Revocation[] = []
  #serials = 0
  #logs = 0
  #firstKept = 0
  #tags = 0

  constructor(settings: DatabaseSettings) {
    this.#settings = settings
    this.beginLog()
  }

  /** How many writes there are. */
  get writes(): number {
    return this.#writes.length
  }

  get log(): readonly LoggedEvent[] {
    return this.#log
  }

  /** A revocation that the database has. */
  revocationOf(revocable: Revocable): Revocation | undefined {
    return this.#revocations.get(revocable)
  }

  issuedAtMs(token: SimulatedToken): number | undefined {
    return this.#issued.get(token)?.atMs
  }

  issue(token: SimulatedToken, atMs: number): void {
    if (this.#issued.has(token)) return
    this.#issued.set(token, { write: this.#writes.length, atMs })
    this.#writes.push({ did: 'issue', token })
  }

  /** Commits a revocation, and its event without a number. Nothing happens if it is revoked already. */
  revoke(revocable: Revocable, durableAtMs: number, at: number): Revocation | undefined {
    if (this.#revocations.has(revocable)) return undefined
    const revocation = this.#create(revocable, durableAtMs, at)
    this.#revocations.set(revocable, revocation)
    this.#writes.push({ did: 'revoke', revocation })
    return revocation
  }

  /** Replaces the record of a token. */
  save(token: SimulatedToken, durableAtMs: number, at: number): void {
    if (!this.#issued.has(token)) return
    const revocation = this.#create(token.revocables[0] as Revocable, durableAtMs, at)
    const saves = this.#saves.get(token)
    if (saves === undefined) this.#saves.set(token, [revocation])
    else saves.push(revocation)
    this.#writes.push({ did: 'save', revocation, token })
  }

  /** The changes of a token after a version. */
  savesSince(token: SimulatedToken, version: number): readonly Revocation[] {
    return (this.#saves.get(token) ?? []).filter(({ serial }) => serial > version)
  }

  /** The number of the last change of a token, for a reader who sees this many writes. */
  versionOf(token: SimulatedToken, writes: number): number {
    return this.#saves.get(token)?.findLast(({ write }) => write < writes)?.serial ?? 0
  }

  /** The sequencer: numbers every committed event. */
  number(): void {
    for (const revocation of this.#unnumbered) {
      const index = this.#log.length
      const previous = this.#last().event.position
      const event: RevocationEvent = {
        position: this.#positionOf(index),
        previous,
        at: revocation.at,
        cut: null,
        kind: revocation.revocable.kind,
        key: revocation.revocable.key,
      }
      revocation.logged = this.#append({ log: this.#logs, index, event, write: this.#writes.length, revocation })
    }
    this.#unnumbered = []
  }

  /** Begins a new log, as after an upgrade. The revocations stay. */
  beginLog(): void {
    this.#logs += 1
    this.#log = []
    this.#byPosition = new Map()
    this.#firstKept = 0
    this.#unnumbered = []
    const position = this.#positionOf(0)
    const event: RevocationEvent = { position, previous: position, at: 0, cut: null, kind: 'token', key: '' }
    this.#writes.push({ did: 'begin log' })
    this.#append({ log: this.#logs, index: 0, event, write: this.#writes.length - 1, revocation: undefined })
  }

  /** Drops the oldest events. */
  trim(keep: number): void {
    this.#firstKept = Math.max(this.#firstKept, this.#log.length - Math.max(1, keep))
  }

  /** The last writes are gone, as after a failover to a standby that did not have them. */
  lose(count: number): void {
    for (let lost = 0; lost < count; lost++) {
      const write = this.#writes.at(-1)
      if (write === undefined || write.did === 'begin log') return
      this.#writes.pop()
      if (write.did === 'issue') this.#issued.delete(write.token)
      else if (write.did === 'revoke' || write.did === 'save') {
        if (write.did === 'revoke') this.#revocations.delete(write.revocation.revocable)
        else this.#saves.get(write.token)?.pop()
        this.#unnumbered = this.#unnumbered.filter((revocation) => revocation !== write.revocation)
      } else {
        this.#log.pop()
        this.#byPosition.delete(write.logged.event.position)
        this.#firstKept = Math.min(this.#firstKept, this.#log.length - 1)
        const { revocation } = write.logged
        if (revocation === undefined) continue
        revocation.logged = undefined
        this.#unnumbered.unshift(revocation)
      }
    }
  }

  /** Whether a token is active for a reader who sees this many writes. */
  isActive(token: SimulatedToken, writes: number): boolean {
    const issued = this.#issued.get(token)
    if (issued === undefined || issued.write >= writes) return false
    for (const revocable of token.revocables) {
      const revocation = this.#revocations.get(revocable)
      if (revocation !== undefined && revocation.write < writes) return false
    }
    return true
  }

  /** Whether the log has exactly this event, for a reader who sees this many writes. */
  has(position: string, writes: number): boolean {
    const logged = this.#find(position)
    return logged !== undefined && logged.write < writes
  }

  /** What comes after a position, for a reader who sees this many writes. */
  readAfter(after: string | undefined, limit: number, writes: number): RevocationPage {
    let end = this.#log.length
    while (end > 1 && (this.#log[end - 1] as LoggedEvent).write >= writes) end -= 1
    const last = (this.#log[end - 1] as LoggedEvent).event.position
    if (after === undefined) return { position: last, events: [], gap: false, more: false }
    const from = this.#find(after)
    if (from === undefined || from.index >= end) return { position: last, events: [], gap: true, more: false }
    const events = this.#log.slice(from.index + 1, Math.min(end, from.index + 1 + limit)).map(({ event }) => event)
    const position = events.at(-1)?.position ?? after
    return { position, events, gap: false, more: from.index + 1 + limit < end }
  }

  #create(revocable: Revocable, durableAtMs: number, at: number): Revocation {
    this.#serials += 1
    const serial = this.#serials
    const revocation = { serial, revocable, durableAtMs, at, write: this.#writes.length, logged: undefined }
    this.#unnumbered.push(revocation)
    return revocation
  }

  #find(position: string): LoggedEvent | undefined {
    const logged = this.#byPosition.get(position)
    return logged === undefined || logged.index < this.#firstKept ? undefined : logged
  }

  #last(): LoggedEvent {
    return this.#log.at(-1) as LoggedEvent
  }

  #append(logged: LoggedEvent): LoggedEvent {
    this.#log.push(logged)
    this.#byPosition.set(logged.event.position, logged)
    if (logged.revocation !== undefined) this.#writes.push({ did: 'number', logged })
    return logged
  }

  /** A counter, and a tag that no other event has. */
  #positionOf(index: number): string {
    this.#tags += 1
    return this.#settings.tagless === true ? `${index}` : `${index}.${this.#tags.toString(36)}`
  }
}
