/** Waits for what is appended to a stream, over a connection of its own. */
import type { OpenRedisConnection, RedisConnection } from './redis-connection.ts'

/** Calls back after some milliseconds. Returns a function that stops the timer. */
export type Schedule = (callback: () => void, ms: number) => () => void

/** For how long the server holds a read that finds nothing, in milliseconds. */
const WAIT_MS = 5000

/** How much later the reply may come, in milliseconds. After that the connection counts as dead. */
const GRACE_MS = 5000

/** Reads a stream as it grows. */
export class RedisStreamReader {
  readonly #connection: RedisConnection
  readonly #stream: string
  readonly #schedule: Schedule

  constructor(open: OpenRedisConnection, stream: string, schedule: Schedule) {
    this.#connection = open()
    this.#stream = stream
    this.#schedule = schedule
  }

  /** Connects. Call it once. It rejects when the reader is closed meanwhile. */
  connect(): Promise<void> {
    return this.#connection.connect()
  }

  /**
   * Waits for entries after an id, and gives the reply of `XREAD`. If there are none for some seconds, the reply has
   * none. Rejects if the server does not reply at all, and closes the connection then.
   */
  async wait(id: string, count: number): Promise<unknown> {
    return await this.#send('XREAD', ['COUNT', String(count), 'BLOCK', String(WAIT_MS), 'STREAMS', this.#stream, id])
  }

  /** The entry with this id, in a list; an empty list if there is none. */
  async readAt(id: string): Promise<unknown> {
    return await this.#send('XRANGE', [this.#stream, id, id])
  }

  /** The last entry, in a list; an empty list if there is none. */
  async readLast(): Promise<unknown> {
    return await this.#send('XREVRANGE', [this.#stream, '+', '-', 'COUNT', '1'])
  }

  /** Closes the connection. A read that waits rejects. */
  close(): void {
    this.#connection.close()
  }

  async #send(name: string, args: string[]): Promise<unknown> {
    const stop = this.#schedule(() => this.close(), WAIT_MS + GRACE_MS)
    try {
      return await this.#connection.send(name, args)
    } finally {
      stop()
    }
  }
}
