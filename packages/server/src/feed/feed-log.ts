/** Reads the log for all followers of a process. Questions that wait together share one read of what is new. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import {
  MAX_PAGE_EVENTS,
  revocationKeyCheck,
  type RevocationPage,
  type RevocationSource,
} from '@token-introspection/core/revocations'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { FeedLogError } from '../errors.ts'
import { type WrittenPage, writePage } from './feed-page.ts'
import { createRecentEvents, type RecentEvents } from './recent-events.ts'
import { createSharedRead } from './shared-read.ts'

/** The log as the feed reads it. */
export interface FeedLog {
  /**
   * What comes after a position, by a read that begins after the call.
   *
   * @param after - `undefined`: the last position, without events.
   * @throws FeedLogError when the log cannot be read in time.
   */
  readAfter(after: string | undefined): Promise<WrittenPage>
  /** The oldest events. `undefined` when the log cannot be replayed. */
  readOldest(): Promise<WrittenPage> | undefined
  /** What comes after a position, from memory. `undefined` when memory does not have the position. */
  recall(after: string): WrittenPage | undefined
  /** What tells the secret of the log from others. `undefined` when the source has not said it. */
  keyCheck(): Promise<string | undefined>
  /** Reads what is new. */
  refresh(): Promise<void>
}

/** What reading needs. */
interface FeedLogSettings {
  readonly maxPageEvents: number
  /** The longest time for a read, in milliseconds. */
  readonly timeoutMs: number
  /** Called after a read has found something new. */
  readonly onNews: () => void
}

/** Creates the reader of one log. */
export function createFeedLog(
  source: RevocationSource,
  { maxPageEvents, timeoutMs, onNews }: FeedLogSettings,
): FeedLog {
  let recent: RecentEvents | undefined
  /** Reads after positions that memory does not have. Followers with the same position share them. */
  const outside = new Map<string, () => Promise<WrittenPage>>()

  /** What a source without the secret has said last. */
  let relayedKeyCheck: string | undefined

  async function askSource<Value>(read: () => MaybePromise<Value>): Promise<Value> {
    return await askDependency(read, timeoutMs, (cause) => new FeedLogError('the revocation log failed', { cause }))
  }

  async function ask(read: () => MaybePromise<RevocationPage>): Promise<RevocationPage> {
    const page = await askSource(read)
    relayedKeyCheck = page.key_check ?? relayedKeyCheck
    return page
  }

  async function readHead(): Promise<string> {
    return (await ask(() => source.readAfter(undefined, 1))).position
  }

  const refresh = createSharedRead(async () => {
    if (recent === undefined) {
      recent = createRecentEvents(await readHead())
      return
    }
    const known = recent
    const { events, gap, more, position } = await ask(() => source.readAfter(known.head, MAX_PAGE_EVENTS))
    if (gap) known.reset(position)
    // More than memory holds. Each follower then reads for itself.
    else if (more) known.reset(await readHead())
    else if (events.length > 0) known.push(writePage({ events, gap, more, position }).events)
    else return
    onNews()
  })

  async function readOutside(after: string): Promise<WrittenPage> {
    const known = outside.get(after)
    if (known !== undefined) return await known()
    const read = createSharedRead(async () => {
      try {
        return writePage(await ask(() => source.readAfter(after, maxPageEvents)))
      } finally {
        outside.delete(after)
      }
    })
    outside.set(after, read)
    return await read()
  }

  return {
    async readAfter(after) {
      await refresh()
      const { head } = recent as RecentEvents
      if (after === undefined) return { position: head, events: [], gap: false, more: false }
      return recent?.after(after, maxPageEvents) ?? (await readOutside(after))
    },
    readOldest() {
      if (source.readOldest === undefined) return undefined
      return ask(() => source.readOldest?.(maxPageEvents) as MaybePromise<RevocationPage>).then(writePage)
    },
    async keyCheck() {
      const { keyOf } = source
      return keyOf === undefined ? relayedKeyCheck : await askSource(() => revocationKeyCheck(keyOf))
    },
    recall: (after) => recent?.after(after, maxPageEvents),
    refresh,
  }
}
