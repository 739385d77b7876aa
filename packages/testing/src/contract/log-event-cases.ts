/** What every log of revocations must append, and what it must keep to itself. */
import { signedContent } from '@token-introspection/core'
import { createRevocationKeys, type RevocationKind } from '@token-introspection/core/revocations'
import { digestToken, revocationDigests, type RevocationLog, type TokenRecord } from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'
import { EXP } from './expect-token.ts'
import type { LoggedStores } from './logged-stores.ts'
import { eventsAfter, JWT, lastOf, logOf, PAST, sorted } from './read-log.ts'

/** The cases about events. */
export const EVENT_CASES: readonly ContractCase<LoggedStores>[] = [
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

async function expectTokens(log: RevocationLog, after: string, tokens: readonly string[]): Promise<void> {
  const keys = (await eventsAfter(log, after)).map(({ kind, key }) => `${kind} ${key}`)
  const expected = await Promise.all(
    tokens.map(async (token) => `token ${await log.keyOf('token', await digestToken(token))}`),
  )
  expectEqual(sorted(keys), sorted(expected), 'the events of tokens')
}
