/** The waiting followers of a process. One read and one text serve all of them that are at the same position. */
import { MAX_PAGE_EVENTS, type RevocationSource } from '@token-introspection/core/revocations'
import { createFeedLog, type FeedLog } from './feed-log.ts'
import type { WrittenPage } from './feed-page.ts'

/** A page on its way to followers. Its octets are made once. */
export interface Delivery {
  readonly page: WrittenPage
  /** The page as a message of an event stream. */
  readonly octets: () => Uint8Array
}

/** One waiting follower. */
export interface Follower {
  /** Gets the next page. `false`: it does not wait any more. */
  deliver(delivery: Delivery): boolean
  /** Called now and then. `false`: it does not wait any more. */
  beat(): boolean
  /** The handler closes. */
  close(): void
}

/** The waiting followers. */
export interface Followers {
  readonly log: FeedLog
  /** Adds a follower that has applied a position. */
  add(position: string, follower: Follower): void
  /** Removes a follower. */
  remove(follower: Follower): void
  /** Sends all followers away, and takes no more. */
  close(): void
  readonly isClosed: boolean
}

/** What the followers need. */
interface FollowersSettings {
  readonly maxPageEvents: number
  readonly timeoutMs: number
  /** Milliseconds between two beats. */
  readonly beatMs: number
  readonly toOctets: (page: WrittenPage) => Uint8Array
}

/** Milliseconds after a read in which events are collected. An event after a pause is read and sent at once. */
const BATCH_MS = 3

/** Creates the followers of one log. Without followers it hears nothing and has no timer. */
export function createFollowers(source: RevocationSource, settings: FollowersSettings): Followers {
  const { maxPageEvents, timeoutMs, beatMs, toOctets } = settings
  /** By the position that they have. Most of them have the last one. */
  const groups = new Map<string, Set<Follower>>()
  const groupOf = new Map<Follower, Set<Follower>>()
  /** Positions whose followers read for themselves now. */
  const behind = new Set<string>()
  const log = createFeedLog(source, { maxPageEvents, timeoutMs, onNews: deliverToAll })
  let batch: ReturnType<typeof setTimeout> | undefined
  /** Whether the batch has events. */
  let hasNews = false
  let beats: ReturnType<typeof setInterval> | undefined
  let stopListening: (() => void) | undefined
  let isClosed = false

  function wake(): void {
    if (batch !== undefined) {
      hasNews = true
      return
    }
    batch = setTimeout(endBatch, BATCH_MS)
    // A revocation may append several events, one after the other in the same turn.
    queueMicrotask(read)
  }

  function endBatch(): void {
    batch = undefined
    if (!hasNews) return
    hasNews = false
    wake()
  }

  /** A failure is of no interest here: the next event, question or beat reads again. */
  function read(): void {
    log.refresh().catch(() => undefined)
  }

  function deliverToAll(): void {
    for (const position of Array.from(groups.keys())) deliverTo(position)
  }

  function deliverTo(position: string): void {
    let from = position
    for (let room = MAX_PAGE_EVENTS; groups.has(from); ) {
      if (room < maxPageEvents) {
        // More at once could be too much even for a follower that reads everything.
        setTimeout(deliverTo, BATCH_MS, from)
        return
      }
      const page = log.recall(from)
      if (page === undefined) {
        void readFor(from)
        return
      }
      if (page.events.length === 0) return
      deliver(from, page)
      if (!page.more) return
      from = page.position
      room -= page.events.length
    }
  }

  /** Reads for followers whose position memory does not have: after a gap, or when there was too much at once. */
  async function readFor(position: string): Promise<void> {
    if (behind.has(position)) return
    behind.add(position)
    let page: WrittenPage
    try {
      page = await log.readAfter(position)
    } catch {
      // The next event, question or beat tries again.
      return
    } finally {
      behind.delete(position)
    }
    if (page.events.length === 0 && !page.gap) return
    deliver(position, page)
    deliverTo(page.position)
  }

  function deliver(position: string, page: WrittenPage): void {
    const group = groups.get(position)
    if (group === undefined) return
    groups.delete(position)
    let octets: Uint8Array | undefined
    const delivery: Delivery = { page, octets: () => (octets ??= toOctets(page)) }
    for (const follower of group) {
      if (!follower.deliver(delivery)) forget(follower, group)
    }
    regroup(group, page.position)
    stopIfAlone()
  }

  /** Puts the followers of a group to the others at their new position. The larger set stays. */
  function regroup(group: Set<Follower>, position: string): void {
    if (group.size === 0) return
    const there = groups.get(position)
    if (there === undefined) {
      groups.set(position, group)
      return
    }
    const [larger, smaller] = there.size >= group.size ? [there, group] : [group, there]
    for (const follower of smaller) {
      larger.add(follower)
      groupOf.set(follower, larger)
    }
    groups.set(position, larger)
  }

  function forget(follower: Follower, group: Set<Follower>): void {
    group.delete(follower)
    groupOf.delete(follower)
  }

  function beat(): void {
    for (const [follower, group] of Array.from(groupOf)) {
      if (!follower.beat()) forget(follower, group)
    }
    removeEmpty()
    if (groupOf.size > 0) read()
  }

  function removeEmpty(): void {
    for (const [position, group] of groups) if (group.size === 0) groups.delete(position)
    stopIfAlone()
  }

  function start(): void {
    if (stopListening !== undefined) return
    stopListening = source.onAppended(wake)
    beats = setInterval(beat, beatMs)
    // Something may have come since the read of the first page, and nobody listened.
    read()
  }

  function stopIfAlone(): void {
    if (groupOf.size > 0 || stopListening === undefined) return
    stopListening()
    stopListening = undefined
    clearInterval(beats)
    clearTimeout(batch)
    batch = undefined
    hasNews = false
  }

  return {
    log,
    add(position, follower) {
      const group = groups.get(position) ?? new Set()
      group.add(follower)
      groups.set(position, group)
      groupOf.set(follower, group)
      start()
      // Others may have read something new since its first page.
      deliverTo(position)
    },
    remove(follower) {
      const group = groupOf.get(follower)
      if (group === undefined) return
      forget(follower, group)
      if (group.size === 0) removeEmpty()
    },
    close() {
      isClosed = true
      for (const follower of Array.from(groupOf.keys())) follower.close()
      groups.clear()
      groupOf.clear()
      stopIfAlone()
    },
    get isClosed() {
      return isClosed
    },
  }
}
