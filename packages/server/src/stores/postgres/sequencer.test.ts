import { describe, expect, test } from 'vitest'
import { NUMBERED_AT_ONCE } from './log-statements.ts'
import { type NumberedEvents, Sequencer } from './sequencer.ts'

/** A sequencer whose transactions and rests the test ends. */
function create() {
  const begun: PromiseWithResolvers<NumberedEvents>[] = []
  const calls = { numbered: 0 }
  const rests = new Set<() => void>()
  const sequencer = new Sequencer({
    numberEvents: () => {
      const transaction = Promise.withResolvers<NumberedEvents>()
      begun.push(transaction)
      return transaction.promise
    },
    onNumbered: () => calls.numbered++,
    rest: (rested) => {
      rests.add(rested)
      return () => rests.delete(rested)
    },
  })
  const endRest = () => {
    const [rested, ...others] = rests
    expect(others).toEqual([])
    rests.clear()
    rested?.()
  }
  const finish = (index: number, numbered: number) =>
    begun[index]?.resolve({ last: { number: index + 1, tag: 'a' }, numbered })
  return { sequencer, begun, calls, rests, finish, endRest }
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

  test('rests after a run, and then numbers once for those that do not wait', async () => {
    const { sequencer, begun, rests, finish, endRest } = create()
    const first = sequencer.runSoon()
    expect(begun).toHaveLength(1)
    const [second, third] = [sequencer.runSoon(), sequencer.runSoon()]
    finish(0, 1)
    expect((await first).number).toBe(1)
    await expect.poll(() => rests.size).toBe(1)
    const fourth = sequencer.runSoon()
    expect(begun).toHaveLength(1)
    endRest()
    expect(begun).toHaveLength(2)
    finish(1, 3)
    expect((await Promise.all([second, third, fourth])).map(({ number }) => number)).toEqual([2, 2, 2])
    endRest()
    expect(begun).toHaveLength(2)
    void sequencer.runSoon()
    expect(begun).toHaveLength(3)
  })

  test.each([
    ['somebody asks for the position', (sequencer: Sequencer) => sequencer.hurry()],
    ['somebody reads the log', (sequencer: Sequencer) => void sequencer.run()],
  ])('does not rest when %s', async (_, ask) => {
    const { sequencer, begun, rests, finish, endRest } = create()
    const first = sequencer.runSoon()
    finish(0, 1)
    await first
    const second = sequencer.runSoon()
    ask(sequencer)
    expect(begun).toHaveLength(2)
    expect(rests.size).toBe(0)
    sequencer.hurry()
    finish(1, 1)
    expect((await second).number).toBe(2)
    endRest()
    expect(begun).toHaveLength(2)
  })

  test('numbers after the run under way when somebody asks for the position meanwhile', async () => {
    const { sequencer, begun, rests, finish } = create()
    void sequencer.runSoon()
    const second = sequencer.runSoon()
    sequencer.hurry()
    expect(begun).toHaveLength(1)
    finish(0, 1)
    await expect.poll(() => begun.length).toBe(2)
    expect(rests.size).toBe(0)
    finish(1, 1)
    expect((await second).number).toBe(2)
  })

  test('rejects for those that wait for the end of a rest when their run fails', async () => {
    const { sequencer, begun, finish, endRest } = create()
    const first = sequencer.runSoon()
    finish(0, 1)
    await first
    const second = sequencer.runSoon()
    endRest()
    begun[1]?.reject(new Error('down'))
    await expect(second).rejects.toThrow('down')
  })
})
