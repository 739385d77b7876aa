import { describe, expect, test } from 'vitest'
import { NUMBERED_AT_ONCE } from './log-statements.ts'
import { type NumberedEvents, Sequencer } from './sequencer.ts'

/** A sequencer whose transactions the test ends. */
function create() {
  const begun: PromiseWithResolvers<NumberedEvents>[] = []
  const calls = { numbered: 0 }
  const sequencer = new Sequencer(
    () => {
      const transaction = Promise.withResolvers<NumberedEvents>()
      begun.push(transaction)
      return transaction.promise
    },
    () => calls.numbered++,
  )
  const finish = (index: number, numbered: number) =>
    begun[index]?.resolve({ last: { number: index + 1, tag: 'a' }, numbered })
  return { sequencer, begun, calls, finish }
}

describe('Sequencer', () => {
  test('shares the next run, which begins after the call, between those that wait', async () => {
    const { sequencer, begun, finish } = create()
    const first = sequencer.run()
    const [second, third] = [sequencer.run(), sequencer.run()]
    expect(begun).toHaveLength(1)
    finish(0, 1)
    expect((await first).number).toBe(1)
    await expect.poll(() => begun.length).toBe(2)
    finish(1, 1)
    expect(await Promise.all([second, third])).toEqual([
      { number: 2, tag: 'a' },
      { number: 2, tag: 'a' },
    ])
    expect(begun).toHaveLength(2)
  })

  test('goes on while a transaction is full, and tells of a run once, if it numbered something', async () => {
    const { sequencer, begun, calls, finish } = create()
    const run = sequencer.run()
    finish(0, NUMBERED_AT_ONCE)
    await expect.poll(() => begun.length).toBe(2)
    expect(calls.numbered).toBe(0)
    finish(1, 3)
    expect((await run).number).toBe(2)
    expect(calls.numbered).toBe(1)
    const empty = sequencer.run()
    finish(2, 0)
    await empty
    expect(calls.numbered).toBe(1)
  })

  test('rejects for the callers of a run that fails, and runs again for those that wait', async () => {
    const { sequencer, begun, finish } = create()
    const first = sequencer.run()
    const second = sequencer.run()
    begun[0]?.reject(new Error('down'))
    await expect(first).rejects.toThrow('down')
    await expect.poll(() => begun.length).toBe(2)
    finish(1, 0)
    expect((await second).number).toBe(2)
  })
})
