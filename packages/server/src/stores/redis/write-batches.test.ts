import { setImmediate as tick } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { LARGEST_WRITE_BATCH, WriteBatches } from './write-batches.ts'

/** Batches whose sending the test ends. */
function create() {
  const sent: { readonly writes: readonly number[]; readonly answer: PromiseWithResolvers<string> }[] = []
  const batches = new WriteBatches<number, string>((writes) => {
    const answer = Promise.withResolvers<string>()
    sent.push({ writes: [...writes], answer })
    return answer.promise
  })
  return { batches, sent, written: () => sent.map(({ writes }) => writes) }
}

describe('WriteBatches', () => {
  test('sends a write alone at once, and those that come meanwhile together when the tick ends', async () => {
    const { batches, sent, written } = create()
    const first = batches.add(1)
    const others = [batches.add(2), batches.add(3)]
    expect(written()).toEqual([[1]])
    await tick()
    expect(written()).toEqual([[1], [2, 3]])
    sent[1]?.answer.resolve('of both')
    expect(await Promise.all(others)).toEqual(['of both', 'of both'])
    sent[0]?.answer.resolve('of one')
    expect(await first).toBe('of one')
    void batches.add(4)
    expect(written()).toEqual([[1], [2, 3], [4]])
  })

  test('keeps the order of writes when nothing is under way any more', async () => {
    const { batches, sent, written } = create()
    const first = batches.add(1)
    void batches.add(2)
    sent[0]?.answer.resolve('')
    await first
    void batches.add(3)
    await tick()
    expect(written()).toEqual([[1], [2, 3]])
  })

  test('sends a full batch at once', async () => {
    const { batches, written } = create()
    for (let write = 0; write <= LARGEST_WRITE_BATCH + 1; write++) void batches.add(write)
    expect(written().map(({ length }) => length)).toEqual([1, LARGEST_WRITE_BATCH])
    await tick()
    expect(written().map(({ length }) => length)).toEqual([1, LARGEST_WRITE_BATCH, 1])
  })

  test('rejects for every write of a batch that fails, and sends the next one', async () => {
    const { batches, sent, written } = create()
    const failed = batches.add(1)
    const others = [batches.add(2), batches.add(3)]
    await tick()
    for (const { answer } of sent) answer.reject(new Error('down'))
    await expect(failed).rejects.toThrow('down')
    for (const other of others) await expect(other).rejects.toThrow('down')
    void batches.add(4)
    expect(written()).toEqual([[1], [2, 3], [4]])
  })
})
