/** Hears what is appended to a log in Redis, over a connection of its own. */
import {
  isAtPosition,
  type OpenRedisConnection,
  readStreamedEvents,
  RedisStreamReader,
  type Schedule,
  streamIdOf,
} from '@token-introspection/core/redis'
import type { RevocationConnection } from '../../index.ts'

/** The most events of one read. */
const READ_EVENTS = 1000

/** Milliseconds between two reads. So a follower reads a busy log at most 500 times a second, many events at once. */
const PAUSE_MS = 2

/** Listens for one client. The connection stays open until it fails, the signal aborts, or the client closes it. */
export function listenToStream(
  open: OpenRedisConnection,
  stream: string,
): Required<Pick<RevocationConnection, 'listen'>> & { close: () => void } {
  let reader: RedisStreamReader | undefined
  const close = (): void => {
    reader?.close()
    reader = undefined
  }
  const connect = async (): Promise<RedisStreamReader> => {
    if (reader !== undefined) return reader
    reader = new RedisStreamReader(open, stream, schedule)
    await reader.connect()
    return reader
  }
  return {
    async listen(after, onEvents, signal) {
      const id = streamIdOf(after)
      // The position of another kind of log. The client asks, and then has one of this log.
      if (id === undefined || signal.aborted) return
      signal.addEventListener('abort', close, { once: true })
      try {
        const connected = await connect()
        // The log has begun anew, or it was trimmed. The client asks, and learns of the gap.
        if (!isAtPosition(await connected.readAt(id), after)) return
        // It listens now, although there may be no event for a long time.
        if (onEvents([])) await hear(connected, id, onEvents)
      } catch (error) {
        close()
        if (!signal.aborted) throw error
      } finally {
        signal.removeEventListener('abort', close)
      }
    },
    close,
  }
}

/** Reads events until the client says that they do not follow what it has applied. */
async function hear(
  reader: RedisStreamReader,
  after: string,
  onEvents: Parameters<NonNullable<RevocationConnection['listen']>>[1],
): Promise<void> {
  let id = after
  for (;;) {
    const heard = readStreamedEvents(await reader.wait(id, READ_EVENTS))
    if (heard === undefined) continue
    if (!onEvents(heard.events)) return
    id = heard.id
    await new Promise<void>((resolve) => schedule(resolve, PAUSE_MS))
  }
}

const schedule: Schedule = (callback, ms) => {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}
