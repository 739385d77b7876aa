/** How every log of revocations must be read: its positions, pages, gaps and replays. */
import { parseReplayPage, parseRevocationPage, type RevocationEvent } from '@token-introspection/core/revocations'
import { type ContractCase, expectEqual } from './contract-case.ts'
import type { LoggedStores } from './logged-stores.ts'
import { eventsAfter, lastOf, logOf } from './read-log.ts'

/** The cases about reading. */
export const PAGE_CASES: readonly ContractCase<LoggedStores>[] = [
  {
    title: 'has a position when it is empty, and nothing comes after it',
    async run({ store }) {
      const log = logOf(store)
      const first = await log.readAfter(undefined, 10)
      expectEqual({ ...first, position: '' }, { position: '', events: [], gap: false, more: false }, 'an empty log')
      expectEqual(await log.has(first.position), true, 'whether the log has its own position')
      expectEqual(await log.readAfter(first.position, 10), first, 'the page after the position of an empty log')
    },
  },
  {
    title: 'pages are bounded, say when there is more, and can be read one after the other',
    async run({ store }) {
      const log = logOf(store)
      const before = await lastOf(log)
      for (let index = 0; index < 5; index++) await store.revokeGrant(`page-${index}`)
      const all = await eventsAfter(log, before)
      const sizes: number[] = []
      const read: RevocationEvent[] = []
      for (let position = before, more = true; more; ) {
        const page = await log.readAfter(position, 2)
        parseRevocationPage(page, position)
        sizes.push(page.events.length)
        read.push(...page.events)
        ;({ position, more } = page)
      }
      expectEqual([sizes, read], [[2, 2, 1], all], 'the pages')
      expectEqual((await log.readAfter(before, 5)).more, false, 'whether there is more after a full page')
    },
  },
  {
    title: 'is a gap after any position that it does not have, and has it not',
    async run({ store }) {
      const log = logOf(store)
      await store.revokeGrant('gap')
      const last = await lastOf(log)
      const [counter = '', tag = ''] = last.split('.')
      const foreign = ['', 'x', '1', '0.a', `${counter}.${tag}x`, `${Number(counter) + 1}.${tag}`, `${counter}0.${tag}`]
      for (const position of [...foreign, '999999999999999999999.a', "'; --", '-1.a', '1e3.a', 'a'.repeat(64)]) {
        expectEqual(await log.has(position), false, `whether the log has ${position}`)
        const expected = { position: last, events: [], gap: true, more: false }
        expectEqual(await log.readAfter(position, 10), expected, `the page after ${position}`)
      }
    },
  },
  {
    title: 'every position of the chain is known, and no two are equal',
    async run({ store }) {
      const log = logOf(store)
      const before = await lastOf(log)
      for (let index = 0; index < 5; index++) await store.revokeGrant(`known-${index}`)
      const positions = [before, ...(await eventsAfter(log, before)).map(({ position }) => position)]
      expectEqual(new Set(positions).size, 6, 'different positions')
      for (const position of positions) expectEqual(await log.has(position), true, `whether the log has ${position}`)
    },
  },
  {
    title: 'forgets old events bit by bit: their positions are a gap, and the last one never is',
    async run({ store, expireEvents }) {
      if (expireEvents === undefined) return
      const log = logOf(store)
      const first = await lastOf(log)
      for (let index = 0; index < 6; index++) await store.revokeGrant(`old-${index}`)
      const old = await lastOf(log)
      expireEvents()
      expectEqual((await log.readAfter(old, 10)).gap, false, 'a gap after the last position, however old')
      for (let index = 0; index < 6; index++) await store.revokeGrant(`new-${index}`)
      expectEqual((await log.readAfter(first, 100)).gap, true, 'a gap after a position that was forgotten')
      expectEqual(await log.has(first), false, 'whether the log has a position that was forgotten')
      const last = await lastOf(log)
      const page = await log.readAfter(last, 10)
      expectEqual(page, { position: last, events: [], gap: false, more: false }, 'the page after the last position')
    },
  },
  {
    title: 'can be replayed from its oldest event, and says since when it has every event',
    async run({ store, expireEvents }) {
      const log = logOf(store)
      if (log.readOldest === undefined) throw new Error('the log has no readOldest')
      const empty = await log.readOldest(10)
      expectEqual([empty.events, empty.position, empty.more], [[], await lastOf(log), false], 'an empty log')
      for (let index = 0; index < 5; index++) await store.revokeGrant(`replayed-${index}`)
      const all = await eventsAfter(log, empty.position)
      const first = parseReplayPage(await log.readOldest(3))
      expectEqual([first.events, first.more], [all.slice(0, 3), true], 'the first page')
      expectEqual(await eventsAfter(log, first.position), all.slice(3), 'what comes after the first page')
      const { since = Number.NaN } = first
      expectEqual(since <= (all[0]?.at ?? 0), true, 'whether the log says a moment that is not after its first event')
      if (expireEvents === undefined) return
      expireEvents()
      for (let index = 0; index < 400; index++) await store.revokeGrant(`later-${index}`)
      const later = parseReplayPage(await log.readOldest(1))
      const oldest = later.events[0] as RevocationEvent
      expectEqual(
        all.slice(0, 4).some(({ position }) => position === oldest.position),
        false,
        'whether old events are gone',
      )
      // Every event that is gone is from before that moment, or from that second.
      const gone = all.filter(({ position }) => position === oldest.previous)
      expectEqual(
        gone.every(({ at }) => at <= (later.since ?? Number.NaN)),
        true,
        'whether it says that they are gone',
      )
    },
  },
]
