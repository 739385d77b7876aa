/** What every log of revocations must do for the processes that write to it and listen to it. */
import { isChain } from '@token-introspection/core/revocations'
import type { RevocationReceipt } from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'
import { EXP } from './expect-token.ts'
import type { LoggedStores } from './logged-stores.ts'
import { eventsAfter, JWT, lastOf, logOf, PAST, sorted } from './read-log.ts'

/** The cases about writers and listeners. */
export const PROCESS_CASES: readonly ContractCase<LoggedStores>[] = [
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
]

async function positionOf(receipt: unknown): Promise<string> {
  const position = await (receipt as RevocationReceipt | undefined)?.position()
  if (typeof position !== 'string') throw new Error('a revocation gave no position')
  return position
}
