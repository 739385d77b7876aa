/** What every follower of revocations must do. The cases run against each kind of feed. */
import type { RevocationConnection } from '@token-introspection/client/revocations'
import { isChain, type RevocationEvent, type RevocationPage } from '@token-introspection/core/revocations'
import { type ContractCase, expectEqual } from './contract-case.ts'

/** A follower that is connected to a feed of its own, and what a test may do to that feed. */
export interface FollowedFeed {
  readonly connection: RevocationConnection
  /** Revokes this many things, one after the other: each appends an event. */
  readonly revoke: (count: number) => Promise<void>
  /** Makes the feed unreachable, or lets it fail, until `restore`. Without it the cases about outages do nothing. */
  readonly interrupt?: (() => Promise<void>) | undefined
  /** Ends the outage. */
  readonly restore?: (() => Promise<void>) | undefined
  /** How many streams and waiting requests the feed has now. Without it nothing is said about what stays open. */
  readonly open?: (() => Promise<number> | number) | undefined
}

/** More than fits on a page. */
const MANY = 5000

/** A position that no log has. */
const UNKNOWN_POSITION = '1.never-in-any-log'

/**
 * The contract of the `RevocationFollower` seam, one case per rule. Give each case a follower that is connected to a feed
 * of its own. A case closes the connection only if the rule is about that.
 *
 * @returns the cases. Their order does not matter.
 *
 * @example
 * ```ts
 * import { type FollowedFeed, revocationFollowerContract } from '@token-introspection/testing'
 * import { describe, test } from 'vitest'
 *
 * export function testFollower(connect: () => Promise<FollowedFeed>): void {
 *   describe('my follower', () => {
 *     for (const { title, run } of revocationFollowerContract()) test(title, async () => run(await connect()))
 *   })
 * }
 * ```
 */
export function revocationFollowerContract(): readonly ContractCase<FollowedFeed>[] {
  return CASES
}

const CASES: readonly ContractCase<FollowedFeed>[] = [
  {
    title: 'gives the last position without events, before and after the first revocation',
    async run({ connection, revoke }) {
      const empty = await ask(connection, undefined)
      expectEqual({ ...empty, position: typeof empty.position }, page('string'), 'the page of an empty log')
      await revoke(2)
      const later = await ask(connection, undefined)
      expectEqual(later, page(later.position), 'the page after two revocations')
      if (later.position === empty.position) throw new Error('the position: expected another one after a revocation')
    },
  },
  {
    title: 'gives nothing after the last position, and the events after an earlier one, in order',
    async run({ connection, revoke }) {
      const first = await ask(connection, undefined)
      expectEqual(await ask(connection, first.position), page(first.position), 'the page without news')
      await revoke(3)
      const news = await ask(connection, first.position)
      expectEqual(news.events.length, 3, 'the number of events')
      expectChain(news, first.position)
      const middle = news.events[0] as RevocationEvent
      const rest = await ask(connection, middle.position)
      expectEqual(rest.events, news.events.slice(1), 'the events after the first')
      expectEqual((await ask(connection, undefined)).position, news.position, 'the last position')
    },
  },
  {
    title: 'sees in every answer what was revoked before the question',
    async run({ connection, revoke }) {
      let { position } = await ask(connection, undefined)
      for (let count = 0; count < 20; count++) {
        await revoke(1)
        const news = await ask(connection, position)
        expectEqual(news.events.length, 1, 'the number of events')
        position = news.position
      }
    },
  },
  {
    title: 'answers gap for a position that the log does not have',
    async run({ connection, revoke }) {
      await revoke(1)
      const { position } = await ask(connection, undefined)
      const counter = position.split('.')[0] ?? '1'
      for (const unknown of [UNKNOWN_POSITION, `${counter}.AAAAAAAAAAA`, `${position}0`]) {
        expectEqual(await ask(connection, unknown), { ...page(position), gap: true }, `the page after ${unknown}`)
      }
    },
  },
  {
    title: 'gives many events on several pages that follow one another',
    async run({ connection, revoke }) {
      let { position } = await ask(connection, undefined)
      await revoke(MANY)
      let found = 0
      for (;;) {
        const next = await ask(connection, position)
        expectChain(next, position)
        found += next.events.length
        position = next.position
        if (!next.more) break
      }
      expectEqual(found, MANY, 'the number of events')
    },
  },
  {
    title: 'replays from the oldest event, on pages that follow one another',
    async run({ connection, revoke }) {
      if (connection.replay === undefined) return
      const { signal } = new AbortController()
      const empty = await connection.replay(signal)
      expectEqual([empty.events, empty.more], [[], false], 'the replay of an empty log')
      await revoke(MANY)
      const first = await connection.replay(signal)
      expectChain(first, first.events[0]?.previous ?? '')
      let { position, more } = first
      let found = first.events.length
      while (more) {
        const next = await ask(connection, position)
        expectChain(next, position)
        found += next.events.length
        ;({ position, more } = next)
      }
      expectEqual(found, MANY, 'the number of events')
    },
  },
  {
    title: 'hears every event in order, those before it listened included',
    async run({ connection, revoke }) {
      if (connection.listen === undefined) return
      const { position } = await ask(connection, undefined)
      await revoke(2)
      const heard = await hear(connection, position, 12, async (isAt) => {
        await isAt(2)
        for (let count = 0; count < 10; count++) await revoke(1)
      })
      expectChain({ position: heard.at(-1)?.position ?? position, events: heard }, position)
      const asked = await ask(connection, position)
      expectEqual(heard, asked.events.slice(0, heard.length), 'the events')
    },
  },
  {
    title: 'stops listening when the events do not follow, and when the log does not have the position',
    async run({ connection, revoke }) {
      if (connection.listen === undefined) return
      const { position } = await ask(connection, undefined)
      await revoke(1)
      let calls = 0
      await connection.listen(position, () => (calls += 1) < 0, new AbortController().signal)
      expectEqual(calls, 1, 'the number of calls')
      await connection.listen(
        UNKNOWN_POSITION,
        () => {
          throw new Error('events after a position that the log does not have')
        },
        new AbortController().signal,
      )
    },
  },
  {
    title: 'ends a question and listening when their signal aborts, and neither begins after that',
    async run({ connection, open }) {
      const { position } = await ask(connection, undefined)
      const aborted = AbortSignal.abort(new Error('too late'))
      await expectFailure(connection.ask(position, aborted), 'a question after its signal')
      if (connection.listen === undefined) return
      const controller = new AbortController()
      const listening = connection.listen(position, () => true, controller.signal).catch(() => undefined)
      if (open !== undefined) await until(async () => (await open()) > 0)
      controller.abort(new Error('enough'))
      await listening
      await connection.listen(position, () => true, aborted).catch(() => undefined)
      if (open !== undefined) await until(async () => (await open()) === 0)
      await ask(connection, position)
    },
  },
  {
    title: 'keeps nothing open when it is closed, and answers nothing more',
    async run({ connection, open }) {
      const { position } = await ask(connection, undefined)
      const listening = connection.listen?.(position, () => true, new AbortController().signal).catch(() => undefined)
      if (open !== undefined && listening !== undefined) await until(async () => (await open()) > 0)
      if (connection.close === undefined) return
      await connection.close()
      await listening
      await connection.close()
      if (open !== undefined) await until(async () => (await open()) === 0)
      await expectFailure(connection.ask(position, new AbortController().signal), 'a question after the end')
    },
  },
  {
    title: 'fails while the feed is out of order, and misses nothing afterwards',
    async run({ connection, revoke, interrupt, restore }) {
      if (interrupt === undefined || restore === undefined) return
      const { position } = await ask(connection, undefined)
      await interrupt()
      await expectFailure(connection.ask(position, new AbortController().signal), 'a question in the outage')
      await restore()
      await revoke(1)
      let news: RevocationPage | undefined
      // A connection may have to be made anew.
      await until(async () => {
        news = await ask(connection, position).catch(() => undefined)
        return news !== undefined
      })
      expectEqual(news?.events.length, 1, 'the number of events after the outage')
    },
  },
  {
    title: 'ends or fails to listen when the feed breaks off, and listens again afterwards',
    async run({ connection, revoke, interrupt, restore, open }) {
      if (connection.listen === undefined || interrupt === undefined || restore === undefined) return
      const { position } = await ask(connection, undefined)
      const listening = connection.listen(position, () => true, new AbortController().signal).catch(() => undefined)
      if (open !== undefined) await until(async () => (await open()) > 0)
      await interrupt()
      await listening
      await restore()
      await revoke(1)
      let heard: readonly RevocationEvent[] = []
      await until(async () => {
        heard = await hear(connection, position, 1, () => Promise.resolve()).catch(() => [])
        return heard.length > 0
      })
      expectEqual(heard.length, 1, 'the number of events after the outage')
    },
  },
]

function ask(connection: RevocationConnection, after: string | undefined): Promise<RevocationPage> {
  return connection.ask(after, new AbortController().signal)
}

/** A page without events. */
function page(position: string): RevocationPage {
  return { position, events: [], gap: false, more: false }
}

function expectChain({ position, events }: Pick<RevocationPage, 'position' | 'events'>, after: string): void {
  if (!isChain(events, after, position)) throw new Error(`the events: expected a chain from ${after} to ${position}`)
}

/**
 * Listens until this many events were heard. A feed may end listening at any time; then it listens again.
 *
 * @param act - runs meanwhile. `isAt` resolves when so many events were heard.
 */
async function hear(
  connection: RevocationConnection,
  after: string,
  count: number,
  act: (isAt: (heard: number) => Promise<void>) => Promise<void>,
): Promise<readonly RevocationEvent[]> {
  const heard: RevocationEvent[] = []
  const controller = new AbortController()
  const acting = act((wanted) => until(() => heard.length >= wanted))
  while (heard.length < count) {
    await connection.listen?.(
      heard.at(-1)?.position ?? after,
      (events) => {
        heard.push(...events)
        return heard.length < count
      },
      controller.signal,
    )
    // A follower that ends at once must not keep the process busy.
    await turn(0)
  }
  await acting
  return heard
}

async function expectFailure(promise: Promise<unknown>, what: string): Promise<void> {
  const failed = await promise.then(
    () => false,
    () => true,
  )
  if (!failed) throw new Error(`${what}: expected a failure`)
}

/** Waits for something that happens by itself. The test runner limits the time. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await turn(5)
}

function turn(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
