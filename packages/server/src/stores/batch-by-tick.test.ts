import { describe, expect, test } from 'vitest'
import { digestToken } from './token-store.ts'
import { batchByTick, LARGEST_BATCH } from './batch-by-tick.ts'

const digests = await Promise.all(
  Array.from({ length: LARGEST_BATCH + 1 }, async (_, index) => await digestToken(`token ${index}`)),
)
const [first, second] = digests as [string, string]

/** A lookup, and the questions that it asked. */
function create(answer: (asked: readonly string[]) => Promise<ReadonlyMap<string, string>> = answerAll) {
  const questions: (readonly string[])[] = []
  const find = batchByTick((asked) => {
    questions.push(asked)
    return answer(asked)
  })
  return { find, questions }
}

function answerAll(asked: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(new Map(asked.map((digest) => [digest, `{"jti":"${digest}"}`])))
}

describe('batchByTick', () => {
  test('asks one question for the lookups of one tick, also for those after a microtask', async () => {
    const { find, questions } = create()
    const one = find(first)
    await Promise.resolve()
    const other = find(second)
    expect(questions).toEqual([])
    expect(await Promise.all([one, other])).toEqual([{ jti: first }, { jti: second }])
    expect(questions).toEqual([[first, second]])
  })

  test('asks again in the next tick, and caches nothing', async () => {
    const { find, questions } = create()
    await find(first)
    await find(first)
    expect(questions).toEqual([[first], [first]])
  })

  test('returns a separate record to every caller that asks for one token', async () => {
    const { find, questions } = create()
    const [one, other] = await Promise.all([find(first), find(first)])
    expect(questions).toEqual([[first]])
    expect(one).toEqual(other)
    expect(one).not.toBe(other)
  })

  test('returns null for a token that is not in the answer', async () => {
    const { find } = create((asked) => answerAll(asked.slice(1)))
    expect(await Promise.all([find(first), find(second)])).toEqual([null, { jti: second }])
  })

  test('sends a full batch at once, and the rest when the tick ends', async () => {
    const { find, questions } = create()
    const found = await Promise.all(digests.map((digest) => find(digest)))
    expect(questions.map((asked) => asked.length)).toEqual([LARGEST_BATCH, 1])
    expect(found.every((record, index) => record?.jti === digests[index])).toBe(true)
  })

  test('rejects every lookup of a failed question, and no later one', async () => {
    let failing = true
    const { find } = create((asked) => (failing ? Promise.reject(new Error('down')) : answerAll(asked)))
    const outcomes = await Promise.allSettled([find(first), find(second), find(first)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    failing = false
    expect(await find(first)).toEqual({ jti: first })
  })

  test('rejects when the question throws', async () => {
    const { find } = create(() => {
      throw new Error('closed')
    })
    await expect(find(first)).rejects.toThrow('closed')
  })

  test('rejects for a record that is not JSON, and for no other', async () => {
    const { find } = create(async (asked) => new Map(await answerAll(asked)).set(first, '{'))
    const [broken, whole] = await Promise.allSettled([find(first), find(second)])
    expect(broken.status).toBe('rejected')
    expect(whole).toEqual({ status: 'fulfilled', value: { jti: second } })
  })

  test.each(['', 'a', `${first}=`, ` ${first}`, `${first}\n`, first.slice(1), 'ä'.repeat(43)])(
    'does not ask about %j, which is not a digest',
    async (text) => {
      const { find, questions } = create()
      expect(await find(text)).toBeNull()
      expect(questions).toEqual([])
    },
  )
})
