/** The authorization server: two nodes over one database, of which the second reads a replica. */
import type { RevocationPage } from '@token-introspection/core/revocations'
import type { NotedReading, SimulatedResponse } from './client-engine.ts'
import type { Step, Way } from './history.ts'
import type { ServerParts } from './parts.ts'
import { EPOCH_MS } from './simulated-clock.ts'
import { type Revocation, SimulatedDatabase } from './simulated-database.ts'
import { REVOCABLES, type SimulatedToken, TOKENS } from './simulated-tokens.ts'
import type { Timetable } from './timetable.ts'

/** The most events on a page. */
const PAGE = 3

export class SimulatedServer {
  readonly database: SimulatedDatabase
  /** The positions of revocations, for the users who asked for them. */
  readonly receipts: { readonly position: string; readonly revocation: Revocation }[] = []
  readonly #rules: ServerParts
  readonly #timetable: Timetable
  readonly #logOffsetMs: number
  readonly #earlyReads = new Map<string | undefined, { readonly atMs: number; readonly page: RevocationPage }>()
  #serial = 0
  #downUntilMs = 0
  #replica: number
  /** Changes when the primary starts again: open transactions are lost. */
  #reign = 0

  constructor(rules: ServerParts, timetable: Timetable, logOffsetMs: number) {
    this.#rules = rules
    this.#timetable = timetable
    this.#logOffsetMs = logOffsetMs
    this.database = new SimulatedDatabase({ tagless: !rules.positionsHaveTags })
    for (const token of TOKENS) if (token.name !== 't4') this.database.issue(token, 0)
    this.#replica = this.database.writes
  }

  get isDown(): boolean {
    return this.#downUntilMs > this.#timetable.nowMs
  }

  /** The introspection endpoint. The response says what is true when the work is done. */
  introspect(token: SimulatedToken, way: Way, { position }: NotedReading): () => SimulatedResponse {
    const { database } = this
    const isPrimary = way.node === 0
    const writes = (): number => (isPrimary ? database.writes : Math.min(this.#replica, database.writes))
    const has = (): boolean => position !== undefined && database.has(position, writes())
    const had = this.#rules.positionBeforeLookup && has()
    const early = this.#rules.positionBeforeLookup ? undefined : this.#lookUp(token, writes())
    return () => {
      const { isActive, version } = early ?? this.#lookUp(token, writes())
      this.#serial += 1
      const serial = this.#serial
      if (!isActive) return { active: false, serial }
      const keys = this.#rules.keysBeforeView ? token.keys : token.keysAfterView
      const response = { active: true, serial, version, iat: toSeconds(database.issuedAtMs(token) ?? 0) }
      if (position === undefined) return response
      const hasIt = this.#rules.positionBeforeLookup ? had : has()
      return { ...response, revocation_keys: keys, ...(hasIt ? { read_at: position } : {}) }
    }
  }

  /** The endpoint of the lease question, asked now. The node begins its work when the question arrives. */
  answerQuestion(after: string | undefined, way: Way): () => () => RevocationPage {
    const read = (): RevocationPage => {
      if (this.#rules.questionNumbers) this.database.number()
      const isPrimary = this.#rules.leaseReadsPrimary || way.node === 0
      return this.database.readAfter(after, PAGE, isPrimary ? this.database.writes : this.#replica)
    }
    const early = this.#rules.leaseReadBeginsAfterQuestion ? undefined : this.#readEarly(after, read)
    return () => (early === undefined ? read : () => early)
  }

  revoke({ revocable, commitMs, isNumbered }: Step & { readonly do: 'revoke' }): void {
    const target = REVOCABLES[revocable]
    const reign = this.#reign
    if (target === undefined) return
    this.#timetable.after(commitMs, () => {
      if (this.#reign !== reign || this.isDown) return
      const revocation = this.database.revoke(target, this.#timetable.nowMs, this.#logSeconds())
      if (revocation === undefined || !isNumbered) return
      // The one who revokes asks for the position.
      this.database.number()
      const { logged } = revocation
      if (logged !== undefined) this.receipts.push({ position: logged.event.position, revocation })
    })
  }

  save(token: SimulatedToken): void {
    this.database.save(token, this.#timetable.nowMs, this.#logSeconds())
  }

  /** The replica gets all writes but the last ones. */
  replicate(behind: number): void {
    this.#replica = Math.max(this.#replica, this.database.writes - behind)
  }

  /** The last writes are lost in a failover. */
  lose(writes: number, downMs: number): void {
    this.#reign += 1
    this.database.lose(writes)
    this.#replica = Math.min(this.#replica, this.database.writes)
    this.#downUntilMs = Math.max(this.#downUntilMs, this.#timetable.nowMs + downMs)
  }

  goDown(forMs: number): void {
    this.#reign += 1
    this.#downUntilMs = Math.max(this.#downUntilMs, this.#timetable.nowMs + forMs)
  }

  /** A mutation: questions of the last seconds share a read, as with a cache in the network. */
  #readEarly(after: string | undefined, read: () => RevocationPage): RevocationPage {
    const known = this.#earlyReads.get(after)
    if (known !== undefined && this.#timetable.nowMs - known.atMs < 4000) return known.page
    const page = read()
    this.#earlyReads.set(after, { atMs: this.#timetable.nowMs, page })
    return page
  }

  #lookUp(token: SimulatedToken, writes: number): { readonly isActive: boolean; readonly version: number } {
    return { isActive: this.database.isActive(token, writes), version: this.database.versionOf(token, writes) }
  }

  /** The time by the clock that dates events. */
  #logSeconds(): number {
    return toSeconds(this.#timetable.nowMs + this.#logOffsetMs)
  }
}

function toSeconds(trueMs: number): number {
  return Math.floor((EPOCH_MS + trueMs) / 1000)
}
