/** Notices what is appended to the log, by this process or another. */
import {
  type OpenRedisConnection,
  RedisStreamReader,
  type Schedule,
  type SendRedisCommand,
} from '@token-introspection/core/redis'

/** Calls a listener soon after something was appended. Returns a function that ends the calls. */
export type WatchStream = (listener: () => void) => () => void

/** Milliseconds between two reads that find something. So a busy log is read at most 500 times a second. */
const PAUSE_MS = 2

/** Milliseconds between two questions, if the client has no `duplicate()` and so no connection that may wait. */
const POLL_MS = 5

/** Milliseconds until another connection is opened, after one has failed. */
const REOPEN_MS = 1000

/**
 * Watches a stream while somebody listens. The listeners share one connection, which is closed with the last of them.
 *
 * @param open - opens a connection that may wait; `undefined` if the client cannot be duplicated.
 */
export function watchStream(
  send: SendRedisCommand,
  open: OpenRedisConnection | undefined,
  stream: string,
): WatchStream {
  const listeners = new Set<() => void>()
  let watching: StreamWatch | undefined
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  return (listener) => {
    // A function of its own, so that a listener may be given twice.
    const own = (): void => listener()
    listeners.add(own)
    watching ??= new StreamWatch(send, open, stream, notify)
    return () => {
      listeners.delete(own)
      if (listeners.size > 0) return
      watching?.end()
      watching = undefined
    }
  }
}

/** One watch. It goes on after failures, until it is ended. */
class StreamWatch {
  readonly #send: SendRedisCommand
  readonly #open: OpenRedisConnection | undefined
  readonly #stream: string
  readonly #notify: () => void
  #ended = false
  /** The last entry that this watch saw, as JSON. */
  #seen: string | undefined
  #reader: RedisStreamReader | undefined
  #wake: (() => void) | undefined

  constructor(send: SendRedisCommand, open: OpenRedisConnection | undefined, stream: string, notify: () => void) {
    this.#send = send
    this.#open = open
    this.#stream = stream
    this.#notify = notify
    void this.#run()
  }

  end(): void {
    this.#ended = true
    this.#reader?.close()
    this.#wake?.()
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      try {
        await (this.#open === undefined ? this.#poll() : this.#wait(this.#open))
      } catch {
        // The listeners ask by themselves, and so they meet the error.
      }
      this.#reader?.close()
      await this.#pause(REOPEN_MS)
    }
  }

  async #wait(open: OpenRedisConnection): Promise<void> {
    const reader = new RedisStreamReader(open, this.#stream, schedule)
    this.#reader = reader
    await reader.connect()
    while (!this.#ended) {
      const last = this.#see(await reader.readLast())
      // It comes after the report, so that only what follows soon has to wait.
      await this.#pause(PAUSE_MS)
      await reader.wait(lastIdOf(last), 1)
    }
  }

  async #poll(): Promise<void> {
    while (!this.#ended) {
      this.#see(await this.#send('XREVRANGE', [this.#stream, '+', '-', 'COUNT', '1']))
      await this.#pause(POLL_MS)
    }
  }

  /** The tag tells a log that has begun anew from the one before, although its ids are lower. */
  #see(last: unknown): unknown {
    const text = JSON.stringify(last)
    if (text !== this.#seen && !this.#ended) this.#notify()
    this.#seen = text
    return last
  }

  async #pause(ms: number): Promise<void> {
    if (this.#ended) return
    await new Promise<void>((resolve) => {
      const stop = schedule(resolve, ms)
      this.#wake = () => (stop(), resolve())
    })
  }
}

const schedule: Schedule = (callback, ms) => {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}

/** The id of the last entry; the lowest id if there is none. */
function lastIdOf(last: unknown): string {
  return (last as [string, unknown][])[0]?.[0] ?? '0-0'
}
