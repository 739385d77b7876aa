import { describe, expect, test } from 'vitest'
import { chargeMiss, chargeRequest, type LimitsStep } from './charge-budget.ts'
import type { Limiter } from './limiter.ts'

const orders = { id: 'orders-api', clientSecrets: ['s'] }

/** A limiter that says yes, and what it was asked for. */
function recorder() {
  const consumed: [key: string, points: number][] = []
  const limiter: Limiter = { consume: (key, points) => consumed.push([key, points]) }
  return { consumed, limiter }
}

function step(limiter: Limiter | undefined, missPoints = 20): LimitsStep {
  return { limiter, missPoints, timeoutMs: 50 }
}

/** What charging throws or rejects with. */
async function failureOf(charge: () => unknown): Promise<unknown> {
  try {
    await charge()
    return undefined
  } catch (error) {
    return error
  }
}

/** What limiters throw is no error. */
function refuse(msBeforeNext: number): never {
  // oxlint-disable-next-line typescript/only-throw-error
  throw { msBeforeNext }
}

const limiterThat = (consume: () => unknown): LimitsStep => step({ consume })

describe('chargeRequest', () => {
  test('takes one point under the name of the protected resource, and waits for nobody', () => {
    const { consumed, limiter } = recorder()
    expect(chargeRequest(orders, step(limiter))).not.toBeInstanceOf(Promise)
    expect(consumed).toEqual([['orders-api', 1]])
  })

  test('takes it from the limiter of the protected resource when it has one', async () => {
    const [own, common] = [recorder(), recorder()]
    await chargeRequest({ ...orders, limiter: own.limiter }, step(common.limiter))
    expect([own.consumed, common.consumed]).toEqual([[['orders-api', 1]], []])
  })

  test('takes nothing where there is no limiter', () => {
    expect(chargeRequest(orders, step(undefined))).toBeUndefined()
  })

  test.each<[string, number, number]>([
    ['at least one second', 1, 1],
    ['whole seconds, rounded up', 1001, 2],
    ['zero as one second', 0, 1],
    ['at most a day', 1e12, 86_400],
  ])('says when there is budget again: %s (ERR-11)', async (_, msBeforeNext, retryAfterSeconds) => {
    for (const consume of [
      () => refuse(msBeforeNext),
      async () => {
        await Promise.resolve()
        refuse(msBeforeNext)
      },
    ]) {
      expect(await failureOf(() => chargeRequest(orders, limiterThat(consume)))).toMatchObject({
        code: 'ERR_LIMITS_EXCEEDED',
        retryAfterSeconds,
      })
    }
  })

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['never answers', () => new Promise(() => undefined)],
  ])('gives no answer that was not counted: a limiter that %s', async (_, consume) => {
    expect(await failureOf(() => chargeRequest(orders, limiterThat(consume)))).toMatchObject({
      code: 'ERR_LIMITS_LIMITER',
      retryable: true,
    })
  })
})

describe('chargeMiss', () => {
  test.each([
    [20, [['orders-api', 19]]],
    [2, [['orders-api', 1]]],
    [1, []],
  ])('takes the rest of %i points', (missPoints, consumed) => {
    const { limiter, consumed: seen } = recorder()
    chargeMiss(orders, step(limiter, missPoints))
    expect(seen).toEqual(consumed)
  })

  test.each<[string, () => unknown]>([
    ['throws', () => refuse(1)],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('lets an answer pass that is known already when the limiter %s', async (_, consume) => {
    expect(await failureOf(() => chargeMiss(orders, limiterThat(consume)))).toBeUndefined()
  })
})
