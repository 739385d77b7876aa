/** What every log of revocations must do when a process has another secret of the log, or no log. */
import { isChain, type RevocationKind } from '@token-introspection/core/revocations'
import {
  digestToken,
  revocationDigests,
  type RevocationLog,
  type TokenRecord,
  type WritableTokenStore,
} from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'
import { EXP } from './expect-token.ts'
import type { LoggedStores } from './logged-stores.ts'
import { eventsAfter, JWT, lastOf, logOf, PAST, sorted } from './read-log.ts'

/** The cases about such processes. */
export const UNLOGGED_CASES: readonly ContractCase<LoggedStores>[] = [
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
]

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
