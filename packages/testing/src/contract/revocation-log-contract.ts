/** What the log of revocations of every token store must do. The cases run against each store. */
import { signedContent } from '@token-introspection/core'
import {
  createRevocationKeys,
  isChain,
  parseReplayPage,
  parseRevocationPage,
  type RevocationEvent,
  type RevocationKind,
  type RevocationPage,
  type RevocationSource,
} from '@token-introspection/core/revocations'
import {
  digestToken,
  revocationDigests,
  type RevocationLog,
  type RevocationReceipt,
  type TokenRecord,
  type WritableTokenStore,
} from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'
import { EXP } from './expect-token.ts'

/** What a case works on. Every case needs an empty log. */
export interface LoggedStores {
  /** The store under test. It has a log. */
  readonly store: WritableTokenStore
  /** Another store over the same data, as another process has it. The same store, if no other process can have the data. */
  readonly other: WritableTokenStore
  /**
   * A store over the same data in a process without the option, created before the two others. `undefined` if no other process can
   * have the data: then nothing is tested about it.
   */
  readonly unlogged?: WritableTokenStore
  /** The secret that both stores were given. `undefined` if they made one. */
  readonly keySecret: string | undefined
  /**
   * Creates a store over the same data in a process that is given this secret, while the others still run. `undefined` if no other
   * process can have the data: then nothing is tested about it.
   */
  readonly createWithSecret?: (keySecret: string) => WritableTokenStore | Promise<WritableTokenStore>
  /**
   * Moves the clock of both stores forward, beyond the retention of the log. `undefined` if the clock cannot be moved: then
   * nothing is tested about old events.
   */
  readonly expireEvents?: () => void
}

/**
 * The contract of the log of a token store, one case per rule. Every case needs a new pair of stores with an empty log. A case
 * fails by rejecting, so any test runner will do.
 *
 * @returns the cases. Their order does not matter.
 *
 * @example
 * ```ts
 * import { createMemoryTokenStore } from '@token-introspection/server'
 * import { revocationLogContract } from '@token-introspection/testing'
 * import { describe, test } from 'vitest'
 *
 * describe('the log of my token store', () => {
 *   for (const { title, run } of revocationLogContract()) {
 *     test(title, async () => {
 *       const store = createMemoryTokenStore({ revocationLog: true }) // your store here
 *       await run({ store, other: store, keySecret: undefined })
 *     })
 *   }
 * })
 * ```
 */
export function revocationLogContract(): readonly ContractCase<LoggedStores>[] {
  return CASES
}

const PAST = 1_000_000_000
const JWT = `${btoa('{"alg":"ES256"}')}.${btoa('{"sub":"alice"}')}.c2ln`.replaceAll('=', '')

const CASES: readonly ContractCase<LoggedStores>[] = [
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
    title: 'appends an event when a grant, a session, a user or a client is revoked',
    async run({ store }) {
      const log = logOf(store)
      const before = await lastOf(log)
      await store.revokeGrant('a grant')
      await store.revokeSession('a session')
      await store.revokeSubject('alice', PAST)
      await store.revokeSubject('böb\n"')
      await store.revokeClient('a client')
      const events = await eventsAfter(log, before)
      const named: [RevocationKind, string][] = [
        ['grant', 'a grant'],
        ['session', 'a session'],
        ['subject', 'alice'],
        ['subject', 'böb\n"'],
        ['client', 'a client'],
      ]
      const expected = await Promise.all(named.map(async ([kind, id]) => [kind, await log.keyOf(kind, id)]))
      expectEqual(sorted(events.map(({ kind, key }) => [kind, key])), sorted(expected), 'the events')
      const cuts = (of: RevocationKind) => events.filter(({ kind }) => kind === of).map(({ cut }) => cut)
      expectEqual([cuts('grant'), cuts('session')], [[null], [null]], 'the cut of what ends for good')
      expectEqual(cuts('subject').includes(PAST), true, 'the moment that was given')
      const [cut] = cuts('client')
      expectEqual(typeof cut === 'number' && cut > PAST, true, 'the moment of a revocation without one')
    },
  },
  {
    title: 'appends one event for each digest under which a revoked token is known',
    async run({ store }) {
      const log = logOf(store)
      const record: TokenRecord = { kind: 'access_token', exp: EXP, iss: 'https://as.example.com', jti: 'one' }
      for (const token of ['contract-opaque', JWT]) {
        const before = await lastOf(log)
        await store.revoke(token, record)
        const events = await eventsAfter(log, before)
        const digests = await revocationDigests(token, record)
        const expected = await Promise.all(digests.map(async (digest) => await log.keyOf('token', digest)))
        expectEqual(sorted(events.map(({ key }) => key)), sorted(expected), 'the keys of a revoked token')
        expectEqual(new Set(events.map(({ kind, cut }) => `${kind} ${cut}`)).size, 1, 'kinds and cuts')
        expectEqual([events[0]?.kind, events[0]?.cut], ['token', null], 'the kind and the cut of a token')
      }
    },
  },
  {
    title: 'appends an event for a token that the store holds, and for one that is saved as revoked',
    async run({ store }) {
      const log = logOf(store)
      await store.save('contract-held', { kind: 'access_token', exp: EXP })
      await store.save('contract-saved-revoked', { kind: 'access_token', exp: EXP })
      const before = await lastOf(log)
      await store.revoke('contract-held')
      await store.save('contract-saved-revoked', { kind: 'access_token', exp: EXP, revoked: true })
      await store.save('contract-new-revoked', { kind: 'access_token', exp: EXP, revoked: true })
      const tokens = ['contract-held', 'contract-saved-revoked', 'contract-new-revoked']
      await expectTokens(log, before, tokens)
    },
  },
  {
    title: 'appends an event when a save replaces another record',
    async run({ store }) {
      const log = logOf(store)
      const record: TokenRecord = { kind: 'access_token', exp: EXP, scope: 'read write' }
      await store.save('contract-narrowed', record)
      await store.save('contract-shortened', record)
      const before = await lastOf(log)
      await store.save('contract-narrowed', { ...record, scope: 'read' })
      await store.save('contract-shortened', { ...record, exp: EXP - 1 })
      await expectTokens(log, before, ['contract-narrowed', 'contract-shortened'])
    },
  },
  {
    title: 'appends nothing when nothing was revoked',
    async run({ store }) {
      const log = logOf(store)
      const record: TokenRecord = { kind: 'access_token', exp: EXP }
      await store.revoke('contract-twice', record)
      await store.revokeGrant('twice')
      await store.revokeSession('twice')
      await store.revokeSubject('twice', PAST)
      await store.save('contract-same', record)
      const before = await lastOf(log)
      await store.revoke('contract-twice', record)
      await store.revoke('contract-twice')
      await store.revoke('contract-unknown')
      await store.revokeGrant('twice')
      await store.revokeSession('twice')
      await store.revokeSubject('twice', PAST)
      await store.revokeSubject('twice', PAST - 1)
      await store.save('contract-same', record)
      await store.save('contract-first', record)
      await store.save('contract-twice', record)
      await store.save('contract-twice', { ...record, revoked: true })
      expectEqual(await eventsAfter(log, before), [], 'the events after revocations of nothing')
    },
  },
  {
    title: 'has an event when the promise of its revocation is fulfilled, for every process',
    async run({ store, other }) {
      const before = await lastOf(logOf(other))
      for (let index = 0; index < 10; index++) {
        await store.revokeGrant(`seen-${index}`)
        const { events } = await logOf(other).readAfter(before, 100)
        expectEqual(events.length, index + 1, 'the events after a revocation')
      }
    },
  },
  {
    title: 'has every event of many writers, in one chain',
    async run({ store, other }) {
      const log = logOf(store)
      const before = await lastOf(log)
      const grants = Array.from({ length: 200 }, (_, index) => `many-${index}`)
      await Promise.all(grants.map((grant, index) => (index % 2 === 0 ? store : other).revokeGrant(grant)))
      const events = await eventsAfter(log, before)
      const expected = await Promise.all(grants.map(async (grant) => await log.keyOf('grant', grant)))
      expectEqual(sorted(events.map(({ key }) => key)), sorted(expected), 'the events of many writers')
      expectEqual(isChain(events, before, await lastOf(log)), true, 'whether the events are a chain')
      expectEqual(await eventsAfter(logOf(other), before), events, 'the chain as another process reads it')
    },
  },
  {
    title:
      'followers learn of every revocation by a process without the option, and the log may be younger than the process',
    async run({ store, unlogged, keySecret }) {
      if (unlogged === undefined) return
      const record: TokenRecord = { kind: 'access_token', exp: EXP, iss: 'https://as.example.com', jti: 'unlogged' }
      await unlogged.revokeGrant('unlogged, before the log')
      for (const token of ['contract-held', 'contract-narrowed', 'contract-ended']) await unlogged.save(token, record)
      const log = logOf(store)
      const revocations: [RevocationKind, readonly string[], () => Promise<unknown>][] = [
        ['grant', ['unlogged'], () => unlogged.revokeGrant('unlogged')],
        ['session', ['unlogged'], () => unlogged.revokeSession('unlogged')],
        ['subject', ['unlogged'], () => unlogged.revokeSubject('unlogged', PAST)],
        ['subject', ['unlogged'], () => unlogged.revokeSubject('unlogged')],
        ['client', ['unlogged'], () => unlogged.revokeClient('unlogged')],
        ['token', await revocationDigests('contract-held', record), () => unlogged.revoke('contract-held')],
        ['token', await revocationDigests(JWT, record), () => unlogged.revoke(JWT, record)],
        [
          'token',
          await revocationDigests('contract-narrowed'),
          () => unlogged.save('contract-narrowed', { ...record, scope: 'read' }),
        ],
        [
          'token',
          await revocationDigests('contract-ended'),
          () => unlogged.save('contract-ended', { ...record, revoked: true }),
        ],
      ]
      for (const [kind, identifiers, revoke] of revocations) {
        const before = await lastOf(log)
        await revoke()
        const page = await log.readAfter(before, 10)
        const keys = await Promise.all(identifiers.map(async (identifier) => await log.keyOf(kind, identifier)))
        const known = sorted(page.events.map((event) => `${event.kind} ${event.key}`))
        // The secret that the others were given is not in the database. Without it there is no key.
        const expected = keySecret === undefined ? [false, sorted(keys.map((key) => `${kind} ${key}`))] : [true, []]
        expectEqual([page.gap, known], expected, `what followers learn of a ${kind}`)
        // A second time nothing is revoked.
        const after = await lastOf(log)
        if (kind !== 'subject' && kind !== 'client') await revoke()
        const again = await log.readAfter(after, 10)
        expectEqual([again.gap, again.events], [false, []], `what followers learn of a ${kind} that was revoked before`)
      }
    },
  },
  {
    title: 'is not disturbed by a process without the option that revokes nothing',
    async run({ store, unlogged }) {
      if (unlogged === undefined) return
      const log = logOf(store)
      const record: TokenRecord = { kind: 'access_token', exp: EXP }
      await store.revoke('contract-twice', record)
      await store.revokeGrant('twice')
      await store.revokeSubject('twice', PAST)
      const before = await lastOf(log)
      await unlogged.save('contract-first', record)
      await unlogged.save('contract-first', record)
      await unlogged.save('contract-twice', record)
      await unlogged.revoke('contract-twice', record)
      await unlogged.revoke('contract-unknown')
      await unlogged.revokeGrant('twice')
      await unlogged.revokeSubject('twice', PAST - 1)
      expectEqual(await eventsAfter(log, before), [], 'the events after revocations of nothing')
      expectEqual(await unlogged.find(await digestToken('contract-first')), record, 'what was saved')
      expectEqual(await lastOf(log), before, 'the last position')
    },
  },
  {
    title: 'has the events of processes with and without the option in one chain',
    async run({ store, unlogged, keySecret }) {
      if (unlogged === undefined || keySecret !== undefined) return
      const log = logOf(store)
      const before = await lastOf(log)
      const grants = Array.from({ length: 100 }, (_, index) => `mixed-${index}`)
      await Promise.all(grants.map((grant, index) => (index % 2 === 0 ? store : unlogged).revokeGrant(grant)))
      const events = await eventsAfter(log, before)
      const expected = await Promise.all(grants.map(async (grant) => await log.keyOf('grant', grant)))
      expectEqual(sorted(events.map(({ key }) => key)), sorted(expected), 'the events of all processes')
      expectEqual(isChain(events, before, await lastOf(log)), true, 'whether the events are a chain')
    },
  },
  {
    title: 'followers miss no revocation when processes have different secrets',
    async run({ store, other, unlogged, createWithSecret }) {
      if (createWithSecret === undefined) return
      const before = await (await store.revokeGrant('before the other secret'))?.position()
      const later = await createWithSecret('another secret of the log, 32 octets')
      const log = logOf(later)
      await useSecret(later)
      expectEqual((await log.readAfter(before, 10)).gap, true, 'whether the log has ended with its secret')
      for (const [index, writer] of [store, other, unlogged].entries()) {
        if (writer === undefined) continue
        const grantId = `written-${index}`
        await useSecret(index === 0 ? other : store)
        await writer.revokeGrant('with the secret of the log')
        await useSecret(later)
        const key = await log.keyOf('grant', grantId)
        const begun = await lastOf(log)
        await writer.revokeGrant(grantId)
        expectEqual(await hasMissed(log, begun, key), false, `whether followers miss the revocation ${index}`)
        const isRevoked = await later.isRevoked('digest', { kind: 'access_token', grantId })
        expectEqual(isRevoked, true, `whether the revocation ${index} holds`)
      }
      for (const [index, reader] of [store, other].entries()) {
        const grantId = `read-${index}`
        await useSecret(reader)
        const key = await logOf(reader).keyOf('grant', grantId)
        await useSecret(later)
        const begun = await lastOf(log)
        // Whether the process proves an answer with its own key.
        const isProven = await logOf(reader).has(begun)
        await later.revokeGrant(grantId)
        const isMissed = isProven && (await hasMissed(log, begun, key))
        expectEqual(isMissed, false, `whether followers of answers by process ${index} miss the revocation`)
      }
      for (const [index, reader] of [store, other].entries()) {
        await useSecret(reader)
        await useSecret(later)
        const begun = await lastOf(log)
        await logOf(reader).readAfter(begun, 10)
        const isOld = (await logOf(reader).keyOf('check', '')) !== (await log.keyOf('check', ''))
        const { gap } = await log.readAfter(begun, 10)
        expectEqual(isOld && !gap, false, `whether pages of process ${index} name a secret that the log has not`)
      }
      // The others are gone. The log goes on with the secret of the process that is left.
      await useSecret(later)
      const begun = await lastOf(log)
      await later.revokeGrant('the last')
      const page = await log.readAfter(begun, 10)
      const keys = page.events.map((event) => event.key)
      expectEqual([page.gap, keys], [false, [await log.keyOf('grant', 'the last')]], 'the log of the last process')
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
  {
    title: 'receipts have the position of an event that is not before that of their revocation',
    async run({ store, other }) {
      const log = logOf(other)
      const before = await lastOf(log)
      const revocations: (() => Promise<unknown>)[] = [
        () => store.revokeGrant('receipt'),
        () => store.revokeSession('receipt'),
        () => store.revokeSubject('receipt', PAST),
        () => store.revokeClient('receipt'),
        () => store.revoke('contract-receipt', { kind: 'access_token', exp: EXP }),
        () => store.revoke(JWT, { kind: 'access_token', exp: EXP, iss: 'https://as.example.com', jti: 'two' }),
      ]
      let count = 0
      for (const revoke of revocations) {
        const position = await positionOf(await revoke())
        const events = await eventsAfter(log, before)
        expectEqual(events.length > count, true, 'an event for every revocation')
        count = events.length
        expectEqual(position, events.at(-1)?.position, 'the position in the receipt')
        // A second time nothing is revoked. The first event is not later than this position.
        const again = await positionOf(await revoke())
        const at = (await eventsAfter(log, before)).findIndex((event) => event.position === again)
        expectEqual(at >= count - 1, true, 'the position in the receipt of a repeated revocation')
        count = Math.max(count, (await eventsAfter(log, before)).length)
      }
      expectEqual(await positionOf(await store.revoke('contract-nothing')), await lastOf(log), 'a revoked nothing')
    },
  },
  {
    title: 'calls listeners after an event of any process, until they are ended',
    async run({ store, other }) {
      const log = logOf(store)
      for (const [index, writer] of [store, other].entries()) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const end = log.onAppended(resolve)
        await (await writer.revokeGrant(`heard-${index}`))?.position()
        await promise
        end()
      }
      let calls = 0
      const end = log.onAppended(() => calls++)
      end()
      end()
      await (await store.revokeGrant('unheard'))?.position()
      expectEqual(calls, 0, 'calls of a listener that was ended')
    },
  },
  {
    title: 'makes the keys of createRevocationKeys, and the same in every process',
    async run({ store, other, keySecret }) {
      const kinds: RevocationKind[] = ['token', 'grant', 'session', 'subject', 'client']
      for (const kind of kinds) {
        const key = await logOf(store).keyOf(kind, 'alice')
        expectEqual(await logOf(other).keyOf(kind, 'alice'), key, 'the key in another process')
        if (keySecret === undefined) continue
        expectEqual(key, await createRevocationKeys(keySecret)(kind, 'alice'), 'the key under the given secret')
      }
    },
  },
  {
    title: 'says nothing but positions, times, kinds and keys',
    async run({ store }) {
      const log = logOf(store)
      const before = await lastOf(log)
      const names = ['secret-grant', 'secret-session', 'secret-user', 'secret-client', 'contract-secret-token']
      const [grant, session, user, client, token] = names as [string, string, string, string, string]
      await store.revokeGrant(grant)
      await store.revokeSession(session)
      await store.revokeSubject(user)
      await store.revokeClient(client)
      await store.revoke(token, { kind: 'access_token', exp: EXP, sub: user })
      const events = await eventsAfter(log, before)
      for (const event of events) {
        expectEqual(sorted(Object.keys(event)), ['at', 'cut', 'key', 'kind', 'position', 'previous'], 'the members')
      }
      const text = JSON.stringify(events)
      const hidden = [...names, await digestToken(token), await digestToken(signedContent(JWT))]
      for (const name of hidden) expectEqual(text.includes(name), false, 'whether the log tells a name')
    },
  },
]

function logOf(store: WritableTokenStore): RevocationLog {
  if (store.revocations === undefined) throw new Error('the store has no log of revocations')
  return store.revocations
}

async function lastOf(log: RevocationSource): Promise<string> {
  return (await log.readAfter(undefined, 1)).position
}

/** Every event after a position. Each page is checked as a follower checks it. */
async function eventsAfter(log: RevocationSource, after: string): Promise<readonly RevocationEvent[]> {
  const events: RevocationEvent[] = []
  for (let position = after, more = true; more; ) {
    const page: RevocationPage = await log.readAfter(position, 64)
    parseRevocationPage(page, position)
    expectEqual(page.gap, false, 'a gap')
    events.push(...page.events)
    ;({ position, more } = page)
  }
  return events
}

async function expectTokens(log: RevocationLog, after: string, tokens: readonly string[]): Promise<void> {
  const keys = (await eventsAfter(log, after)).map(({ kind, key }) => `${kind} ${key}`)
  const expected = await Promise.all(
    tokens.map(async (token) => `token ${await log.keyOf('token', await digestToken(token))}`),
  )
  expectEqual(sorted(keys), sorted(expected), 'the events of tokens')
}

async function positionOf(receipt: unknown): Promise<string> {
  const position = await (receipt as RevocationReceipt | undefined)?.position()
  if (typeof position !== 'string') throw new Error('a revocation gave no position')
  return position
}

function sorted<Value>(values: readonly Value[]): Value[] {
  return values.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
}

/** Has a process notice that the log has another secret, and use its own again. */
async function useSecret(store: WritableTokenStore): Promise<void> {
  const log = logOf(store)
  await log.has(await lastOf(log))
  await log.keyOf('check', '')
}

/** Whether a follower that has a key since a position misses its event, and sees no gap either. */
async function hasMissed(log: RevocationLog, since: string, key: string): Promise<boolean> {
  const { gap, events } = await log.readAfter(since, 10)
  return !gap && !events.some((event) => event.key === key)
}
