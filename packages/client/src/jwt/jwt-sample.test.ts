import { describe, expect, test } from 'vitest'
import { JwtSample } from './jwt-sample.ts'

const nowMs = 1_764_000_000_000
const later = nowMs / 1000 + 300

function create(rate: number, numbers: readonly number[] = []) {
  const clock = { ms: nowMs }
  const told: string[] = []
  const left = [...numbers]
  const sample = new JwtSample({
    rate,
    random: () => left.shift() ?? 0.999_999,
    nowMs: () => clock.ms,
    onInactive: (fingerprint) => void told.push(fingerprint),
  })
  return { sample, clock, told }
}

describe('a sample', () => {
  test.each([
    [0.25, 0, true],
    [0.25, 0.249, true],
    [0.25, 0.25, false],
    [0.25, 0.999, false],
    [1, 0.999_999, true],
    [0.25, Number.NaN, true],
  ])('with the rate %d and the random number %d asks: %j', (rate, number, asks) => {
    expect(create(rate, [number]).sample.asks('a')).toBe(asks)
  })

  test.each([
    ['the answer is inactive', (sample: JwtSample) => sample.settle('a', false, 'a')],
    ['no answer comes', () => undefined],
  ])('asks again about a JWT of which %s, and about no other', (_, outcome) => {
    const { sample } = create(0.1)
    sample.doubt('a', later)
    outcome(sample)
    expect([sample.asks('a'), sample.asks('a'), sample.asks('b')]).toEqual([true, true, false])
    sample.settle('a', true, 'a')
    expect(sample.asks('a')).toBe(false)
  })

  test('tells of an inactive JWT once, and again after it was active', () => {
    const { sample, told } = create(0.1)
    for (const active of [false, false, true, false]) {
      sample.doubt('a', later)
      sample.settle('a', active, 'a')
    }
    expect(told).toEqual(['a', 'a'])
  })

  test('asks about every JWT while there is no room for another doubt, until some have expired', () => {
    const { sample, clock, told } = create(0.1)
    for (let index = 0; index < 100_000; index++) sample.doubt(`a${index}`, index === 0 ? later - 200 : later)
    expect(sample.asks('new')).toBe(true)
    sample.doubt('new', later)
    sample.settle('new', false, 'new')
    expect(told).toEqual(['new'])
    clock.ms += 101_000
    expect(sample.asks('new')).toBe(false)
    expect([sample.asks('a0'), sample.asks('a1'), sample.asks('a99999')]).toEqual([false, true, true])
  })
})
