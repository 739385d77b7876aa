import { describe, expect, test } from 'vitest'
import { chargeBudget, type LimitsStep, requireBudget } from './charge-budget.ts'
import type { Limiter } from './limiter.ts'
import { createUsedUpBudgets } from './used-up-budgets.ts'

const orders = { id: 'orders-api', clientSecrets: ['s'] }
const HIT = { record: { kind: 'access_token' }, reason: undefined } as const
const MISSES = 'orders-api\u001fmisses'

const clock = { ms: 1_764_000_000_000 }

/** A limiter that allows everything, and the calls that it got. */
function recorder() {
  const consumed: [key: string, points: number][] = []
  const limiter: Limiter = { consume: (key, points) => consumed.push([key, points]) }
  return { consumed, limiter }
}

function step(limiter: Limiter | undefined, missPoints = 20): LimitsStep {
  return { limiter, missPoints, usedUp: createUsedUpBudgets(() => clock.ms), timeoutMs: 50 }
}

/** The error that a charge throws or rejects with. */
async function failureOf(charge: () => unknown): Promise<unknown> {
  try {
    await charge()
    return undefined
  } catch (error) {
    return error
  }
}

/** Throws like a limiter. The thrown value is not an error. */
function refuse(msBeforeNext: number): never {
  // oxlint-disable-next-line typescript/only-throw-error
  throw { msBeforeNext }
}

const limiterThat = (consume: () => unknown): LimitsStep => step({ consume })

describe('chargeBudget', () => {
  test('takes one point for a hit under the identifier of the protected resource, without a promise', () => {
    const { consumed, limiter } = recorder()
    expect(chargeBudget(orders, HIT, step(limiter))).not.toBeInstanceOf(Promise)
    expect(consumed).toEqual([['orders-api', 1]])
  })

  test.each(['unknown', 'expired', 'revoked', 'denied', 'refresh-token'] as const)(
    'takes the points of a miss from another budget, for every reason: %s',
    (reason) => {
      const { consumed, limiter } = recorder()
      expect(chargeBudget(orders, { record: undefined, reason }, step(limiter, 7))).not.toBeInstanceOf(Promise)
      expect(consumed).toEqual([[MISSES, 7]])
    },
  )

  test('charges nothing for a token that was never minted here', () => {
    const { consumed, limiter } = recorder()
    expect(chargeBudget(orders, { record: undefined, reason: 'not-minted' }, step(limiter))).toBeUndefined()
    expect(consumed).toEqual([])
  })

  test('uses the limiter of the protected resource if it has one', async () => {
    const [own, common] = [recorder(), recorder()]
    await chargeBudget({ ...orders, limiter: own.limiter }, HIT, step(common.limiter))
    expect([own.consumed, common.consumed]).toEqual([[['orders-api', 1]], []])
  })

  test('charges nothing without a limiter', () => {
    expect(chargeBudget(orders, HIT, step(undefined))).toBeUndefined()
  })

  test.each<[string, number, number]>([
    ['at least one second', 1, 1],
    ['whole seconds, rounded up', 1001, 2],
    ['zero as one second', 0, 1],
    ['at most a day', 1e12, 86_400],
  ])('sets Retry-After: %s (ERR-11)', async (_, msBeforeNext, retryAfterSeconds) => {
    for (const consume of [
      () => refuse(msBeforeNext),
      async () => {
        await Promise.resolve()
        refuse(msBeforeNext)
      },
    ]) {
      expect(await failureOf(() => chargeBudget(orders, HIT, limiterThat(consume)))).toMatchObject({
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
  ])('fails when the limiter %s, so that there is no uncounted answer', async (_, consume) => {
    expect(await failureOf(() => chargeBudget(orders, HIT, limiterThat(consume)))).toMatchObject({
      code: 'ERR_LIMITS_LIMITER',
      retryable: true,
    })
  })
})

/** A limiter in which one key has used up its budget. */
function exhausted(key: string): Limiter {
  return {
    consume(asked) {
      if (asked === key) refuse(1000)
    },
  }
}

describe('requireBudget', () => {
  test('refuses a protected resource that used up its hits, for the time the limiter gave, and no other', async () => {
    const limits = step(exhausted('orders-api'))
    requireBudget(orders, limits)
    expect(await failureOf(() => chargeBudget(orders, HIT, limits))).toMatchObject({ code: 'ERR_LIMITS_EXCEEDED' })
    clock.ms += 999
    expect(() => requireBudget(orders, limits)).toThrow('hits')
    requireBudget({ ...orders, id: 'invoices-api' }, limits)
    clock.ms += 1
    requireBudget(orders, limits)
  })

  test('does not refuse because of used up misses, or after the clock is set back', async () => {
    const misses = step(exhausted(MISSES))
    const missing = (): unknown => chargeBudget(orders, { record: undefined, reason: 'unknown' }, misses)
    expect(await failureOf(missing)).toMatchObject({ code: 'ERR_LIMITS_EXCEEDED' })
    requireBudget(orders, misses)

    const hits = step(exhausted('orders-api'))
    await failureOf(() => chargeBudget(orders, HIT, hits))
    clock.ms -= 3_600_000
    requireBudget(orders, hits)
  })
})
