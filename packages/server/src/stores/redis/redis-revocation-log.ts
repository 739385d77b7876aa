/** The log of revocations in Redis: a stream, to which the scripts of the store append. */
import { allOf, andThen } from '@token-introspection/core/maybe-promise'
import {
  readRevocationStream,
  replayRevocationStream,
  type RevocationStreamKeys,
  type RevocationStreamReading,
  revocationStreamKeys,
  runRedisScript,
  type SendRedisCommand,
  streamIdOf,
} from '@token-introspection/core/redis'
import type { RevocationKeys, RevocationKind, RevocationPage } from '@token-introspection/core/revocations'
import type { LogSecretSettings } from '../known-secret.ts'
import type { RevocationLog } from '../revocation-log.ts'
import { CUT_OFF } from './cut-off-script.ts'
import { HAS_POSITION } from './log-scripts.ts'
import { LogSecret } from './log-secret.ts'
import { createLoggedScript, loggedHead, writeHead } from './logged-script.ts'
import { randomTag } from '../random-text.ts'
import { REMOVE } from './remove-script.ts'
import { REVOKE } from './revoke-script.ts'
import { SAVE } from './save-script.ts'
import type { WatchStream } from './watch-stream.ts'
import { WriteBatches } from './write-batches.ts'
import type { WriteScript } from './write-script.ts'

/** How often a write is tried when the secret of the log changes meanwhile. */
const MAX_TRIES = 8

/** What the log needs. */
export interface RedisLogSettings extends LogSecretSettings {
  readonly send: SendRedisCommand
  readonly keyPrefix: string
  readonly retentionSeconds: number
  /** Seconds since the epoch. */
  readonly now: () => number
  readonly watch: WatchStream
}

/** A write of the store. */
export interface LoggedWrite {
  readonly script: WriteScript
  readonly keys: readonly string[]
  readonly values: readonly (string | number)[]
  /** The kind of its events. */
  readonly kind: RevocationKind
  /** What it may revoke, in the order in which the script counts them. */
  readonly identifiers: readonly string[]
}

const WRITE_LOGGED = createLoggedScript([REVOKE, REMOVE, SAVE, CUT_OFF])

/** A log and the writes that append to it. */
export class RedisRevocationLog implements RevocationLog {
  readonly #settings: RedisLogSettings
  readonly #keys: RevocationStreamKeys
  readonly #secret: LogSecret
  readonly #writes = new WriteBatches<LoggedWrite, string>((writes) => this.#send(writes))

  constructor(settings: RedisLogSettings) {
    this.#settings = settings
    this.#keys = revocationStreamKeys(settings.keyPrefix)
    this.#secret = new LogSecret(settings.send, this.#keys, settings)
  }

  readonly keyOf: RevocationKeys = (kind, identifier) => {
    // Pages say by this key which secret their events have. Another process may have changed it since this one asked.
    if (kind === 'check') this.#secret.forget()
    return andThen(this.#secret.known(), ({ keyOf }) => keyOf(kind, identifier))
  }

  async has(position: string): Promise<boolean> {
    const id = streamIdOf(position)
    if (id === undefined) return false
    const known = await this.#secret.known()
    const tag = position.slice(position.indexOf('.') + 1)
    const { secret, stream } = this.#keys
    const answer = await runRedisScript(this.#settings.send, HAS_POSITION, [stream, secret], [id, tag, known.id])
    if (answer === -1) this.#secret.forget(known)
    return answer === 1
  }

  async readAfter(after: string | undefined, limit: number): Promise<RevocationPage> {
    return await this.#read((reading) => readRevocationStream(this.#settings.send, reading, after), limit)
  }

  /** The oldest events, for followers that verify JWTs by themselves. */
  async readOldest(limit: number): Promise<RevocationPage> {
    return await this.#read((reading) => replayRevocationStream(this.#settings.send, reading), limit)
  }

  /** Reads, and begins the log if there is none. */
  async #read(
    readPage: (reading: RevocationStreamReading) => Promise<RevocationPage | undefined>,
    limit: number,
  ): Promise<RevocationPage> {
    const read = () => readPage({ keys: this.#keys, limit, fenced: true })
    const page = await read()
    if (page !== undefined) return page
    // Begins the log, also if it was there before and Redis has lost it.
    this.#secret.forget()
    await this.#secret.known()
    const second = await read()
    if (second === undefined) throw new Error(`the log of revocations in ${this.#keys.stream} is gone again`)
    return second
  }

  onAppended(listener: () => void): () => void {
    return this.#settings.watch(listener)
  }

  /** Writes, and appends the events of what it revokes. Gives the last position after it. */
  write(write: LoggedWrite): Promise<string> {
    return this.#writes.add(write)
  }

  async #send(writes: readonly LoggedWrite[]): Promise<string> {
    const { send, retentionSeconds, now } = this.#settings
    const { stream, last } = this.#keys
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const known = await this.#secret.known()
      const keys = [stream, last]
      const values: (string | number)[] = [
        loggedHead({ secretId: known.id, random: randomTag(), retentionSeconds }),
        now(),
      ]
      for (const { script, keys: own, values: given, kind, identifiers } of writes) {
        const events = await allOf(identifiers.map((each) => known.keyOf(kind, each)))
        keys.push(...own)
        values.push(writeHead(script.name, own.length, given.length, kind, events), ...given)
      }
      const position = await runRedisScript(send, WRITE_LOGGED, keys, values)
      if (position !== null) return position as string
      this.#secret.forget(known)
    }
    throw new Error(`the secret of ${stream} changes all the time: give every process the same revocationLog.keySecret`)
  }
}
