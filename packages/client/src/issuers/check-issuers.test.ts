import { describe, expect, test } from 'vitest'
import type { CheckResult } from '../check.ts'
import { checkIssuers } from './check-issuers.ts'

const good: CheckResult = { ok: true }
const bad: CheckResult = { ok: false, step: 'endpoint', side: 'connection', error: new Error('down'), remedy: 'Look' }

describe('checkIssuers', () => {
  test.each<[string, Readonly<Record<string, CheckResult | undefined>>, boolean]>([
    ['is good when every issuer is good', { a: good, b: good }, true],
    ['is not good when one issuer is not', { a: good, b: bad }, false],
    ['leaves out what is closed by its turn', { a: good, b: undefined }, true],
    ['is good without issuers', {}, true],
  ])('%s', async (_, results, ok) => {
    const checked = await checkIssuers(
      Object.entries(results).map(([name, result]) => [name, () => Promise.resolve(result)]),
    )
    const known = Object.fromEntries(Object.entries(results).filter(([, result]) => result !== undefined))
    expect(checked).toEqual({ ok, issuers: known })
  })

  test('checks each of many once, 16 at a time, and is not held up by one', async () => {
    const state = { running: 0, most: 0, checked: 0 }
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const check = (index: number) => async () => {
      state.running += 1
      state.most = Math.max(state.most, state.running)
      if (index === 0) await held
      else await Promise.resolve()
      state.running -= 1
      state.checked += 1
      if (state.checked === 99) release()
      return good
    }
    const { issuers } = await checkIssuers(Array.from({ length: 100 }, (_, index) => [`i${index}`, check(index)]))
    expect(Object.keys(issuers)).toHaveLength(100)
    expect(state).toEqual({ running: 0, most: 16, checked: 100 })
  })

  test('passes on the error of a closed client', async () => {
    const checks = [['a', () => Promise.reject(new TypeError('the client is closed'))]] as const
    await expect(checkIssuers(checks)).rejects.toThrow(TypeError)
  })
})
