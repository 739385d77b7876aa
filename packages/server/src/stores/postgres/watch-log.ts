/** Notices new events: by `LISTEN` where the pool gives a connection for it, and otherwise by asking often. */
import { CHANNEL } from './log-statements.ts'
import type { PostgresPool, PostgresQuery } from './postgres-pool.ts'

/** How often the log is read while nothing notifies the process, in milliseconds. */
const POLL_MS = 5

/** How often the log is read beside notifications, and after a failure, in milliseconds. A notification may be lost. */
const CHECK_MS = 1000

/** Every so many reads without a notifying connection, the pool is asked for one again. */
const READS_PER_ATTEMPT = CHECK_MS / POLL_MS

/** What is used of a connection that `connect` gives. */
interface ListeningClient {
  query(query: PostgresQuery): Promise<unknown>
  on(event: string, listener: (message: { readonly payload?: string }) => void): unknown
  release(destroy: boolean): void
}

/** What to watch, and whom to call. */
export interface LogWatch {
  readonly pool: PostgresPool
  /** Reads the last position. */
  readonly readLast: () => Promise<string>
  /** Called soon after there are new events, and sometimes without one. */
  readonly onAppended: () => void
  /** The name of this process in its own notifications, for which `onAppended` is not called. */
  readonly sender: string
}

/** Watches the log. Returns the function that ends it and closes its connection. */
export function watchLog({ pool, readLast, onAppended, sender }: LogWatch): () => void {
  let isEnded = false
  let client: ListeningClient | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let seen: string | undefined
  let reads = 0

  function drop(): void {
    client?.release(true)
    client = undefined
  }

  async function listen(): Promise<void> {
    const opened = await openClient(pool)
    if (opened === undefined) return
    if (isEnded) {
      opened.release(true)
      return
    }
    client = opened
    const dropThis = (): void => {
      if (client === opened) drop()
    }
    opened.on('error', dropThis)
    opened.on('end', dropThis)
    opened.on('notification', ({ payload }) => {
      if (!isEnded && payload !== sender) onAppended()
    })
    try {
      await opened.query({ text: `LISTEN ${CHANNEL}` })
    } catch {
      dropThis()
    }
  }

  async function check(): Promise<void> {
    let next = CHECK_MS
    if (client === undefined && reads++ % READS_PER_ATTEMPT === 0) await listen()
    try {
      const last = await readLast()
      if (client === undefined) next = POLL_MS
      // The first read also calls: an event may have come before it, and after the caller asked to be called.
      if (last !== seen && !isEnded) onAppended()
      seen = last
    } catch {
      // The database is asked again. Readers get its error.
    }
    if (isEnded) return
    timer = setTimeout(() => void check(), next)
    ;(timer as { unref?: () => void }).unref?.()
  }

  void check()
  return () => {
    isEnded = true
    clearTimeout(timer)
    drop()
  }
}

/** A connection of its own. `undefined` if the pool has none to give, or only one for everything. */
async function openClient(pool: PostgresPool): Promise<ListeningClient | undefined> {
  if (typeof pool.connect !== 'function' || pool.options?.max === 1) return undefined
  try {
    const client = (await pool.connect()) as Partial<ListeningClient> | undefined
    if (typeof client?.release !== 'function') return undefined
    if (typeof client.on === 'function' && typeof client.query === 'function') return client as ListeningClient
    client.release(true)
    return undefined
  } catch {
    return undefined
  }
}
