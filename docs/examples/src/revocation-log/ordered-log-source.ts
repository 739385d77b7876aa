/** The log of revocations in a system such as Kafka or NATS JetStream, as a source for feed handlers and relays. */
import { randomBytes } from 'node:crypto'
import type { RevocationEvent, RevocationPage, RevocationSource } from '@token-introspection/core/revocations'

/**
 * What the source needs of a client of such a system: one partition of Kafka, or one stream of JetStream.
 *
 * It is on you that it keeps these promises. Without them a revocation can be missed, and no follower notices.
 */
export interface OrderedLog {
  /**
   * Appends a record. Resolves when the record survives the loss of the leader: with Kafka `acks=all`,
   * `min.insync.replicas=2` and `unclean.leader.election.enable=false`, with JetStream three replicas.
   */
  append(value: string): Promise<void>
  /**
   * The number of the last record, `undefined` for an empty log. It asks the leader, and only after the call: a number that
   * the client has kept does not do.
   */
  lastNumber(): Promise<number | undefined>
  /**
   * Records from this number on, in the order of the log. Numbers may have holes. It gives fewer than `limit` only at the end
   * of the log, and begins with a later number only if the log has no such record.
   */
  read(from: number, limit: number): Promise<readonly LogRecord[]>
  /** Calls the listener when there are new records. It may call too often. */
  onAppended(listener: () => void): () => void
}

/** One record. */
export interface LogRecord {
  readonly number: number
  readonly value: string
}

/** What is revoked. The transaction of the revocation writes it into a table, the outbox. */
export type Revoked = Pick<RevocationEvent, 'at' | 'cut' | 'kind' | 'key'>

/** The source, and how events get into the log. */
export interface OrderedLogSource extends RevocationSource {
  /** Appends an event. Twice is no harm. */
  publish(revoked: Revoked): Promise<void>
  /**
   * Appends an event that nothing is remembered about. Call it when the log is created, and more often than the log drops old
   * records: it must never be empty.
   */
  keepAlive(): Promise<void>
}

/**
 * Creates the source.
 *
 * @param drain - publishes everything in the outbox that was committed before the call, and resolves when that is in the log.
 * A question must not pass over a revocation that is committed and not yet published.
 */
export function createOrderedLogSource(log: OrderedLog, drain: () => Promise<void>): OrderedLogSource {
  const publish = async (revoked: Revoked): Promise<void> => {
    // Numbers come again when a leader is lost or a log is set up anew. The tag does not.
    await log.append(JSON.stringify({ ...revoked, tag: randomText(12) }))
  }

  return {
    publish,
    keepAlive: () => publish({ at: Math.floor(Date.now() / 1000), cut: null, kind: 'token', key: randomText(12) }),
    onAppended: (listener) => log.onAppended(listener),
    async readAfter(after, limit): Promise<RevocationPage> {
      await drain()
      const last = await log.lastNumber()
      if (last === undefined) throw new Error('the log is empty: call keepAlive')
      const number = after === undefined ? undefined : Number(after.split('.', 1)[0])
      // The record of the position itself comes first, and one more than the page holds shows whether there is more.
      const records = number !== undefined && number <= last ? await log.read(number, limit + 2) : []
      const [first, ...following] = records.map(toEntry)
      if (first === undefined || first.position !== after) {
        const [end] = (await log.read(last, 1)).map(toEntry)
        if (end === undefined) throw new Error('the last record is gone: call keepAlive more often')
        return { position: end.position, events: [], gap: after !== undefined, more: false }
      }
      let previous = first.position
      const events = following.slice(0, limit).map(({ position, revoked }) => {
        const event = { position, previous, ...revoked }
        previous = position
        return event
      })
      return { position: previous, events, gap: false, more: following.length > limit }
    },
  }
}

function toEntry({ number, value }: LogRecord): { position: string; revoked: Revoked } {
  const { tag, at, cut, kind, key } = JSON.parse(value) as Revoked & { tag: string }
  return { position: `${number}.${tag}`, revoked: { at, cut, kind, key } }
}

function randomText(octets: number): string {
  return randomBytes(octets).toString('base64url')
}
