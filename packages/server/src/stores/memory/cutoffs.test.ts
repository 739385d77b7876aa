import { describe, expect, test } from 'vitest'
import { CUTOFF_KEPT_SECONDS, FOR_GOOD } from '../cutoff.ts'
import { Cutoffs } from './cutoffs.ts'

const now = 1_764_000_000

describe('Cutoffs', () => {
  test.each<[string, string | undefined | null, number | undefined | null, boolean]>([
    ['issued a second before', 'alice', now - 1, true],
    ['issued in its second', 'alice', now, true],
    ['issued a second after', 'alice', now + 1, false],
    ['without iat', 'alice', undefined, true],
    ['whose column is null', 'alice', null, true],
    ['of another identifier', 'bob', now - 1, false],
    ['without an identifier', undefined, now - 1, false],
    ['with null as identifier', null, now - 1, false],
  ])('cover a token %s: %s, %s', (_, identifier, issuedAt, covered) => {
    const cutoffs = new Cutoffs(0)
    expect(cutoffs.covers(identifier, issuedAt)).toBe(false)
    cutoffs.set('alice', now, now)
    expect(cutoffs.covers(identifier, issuedAt)).toBe(covered)
  })

  test('cover every token of an identifier that ends for good', () => {
    const cutoffs = new Cutoffs(0)
    cutoffs.set('grant', FOR_GOOD, now)
    expect(cutoffs.covers('grant', now + 1e9)).toBe(true)
  })

  test.each([
    ['now', now, now + CUTOFF_KEPT_SECONDS],
    ['long ago', 1, now + CUTOFF_KEPT_SECONDS],
    ['ahead', now + 100, now + 100 + CUTOFF_KEPT_SECONDS],
    ['for good', FOR_GOOD, now + CUTOFF_KEPT_SECONDS],
  ])('at a moment %s are kept for an hour and no longer', (_, at, until) => {
    const cutoffs = new Cutoffs(0)
    cutoffs.set('x', at, now)
    cutoffs.sweep(until - 1)
    expect(cutoffs.size).toBe(1)
    cutoffs.sweep(until)
    expect(cutoffs.size).toBe(0)
  })

  test.each([
    ['now', now, now],
    ['ahead', now + 100, now + 100],
    ['for good', FOR_GOOD, now],
  ])('at a moment %s are kept for the lifetime of unstored tokens in addition', (_, at, from) => {
    const cutoffs = new Cutoffs(90_000)
    cutoffs.set('x', at, now)
    cutoffs.sweep(from + CUTOFF_KEPT_SECONDS + 89_999)
    expect(cutoffs.covers('x', now)).toBe(true)
    cutoffs.sweep(from + CUTOFF_KEPT_SECONDS + 90_000)
    expect(cutoffs.size).toBe(0)
  })

  test('that are set again are kept from that time on, with the later moment', () => {
    const cutoffs = new Cutoffs(0)
    cutoffs.set('x', now, now)
    cutoffs.set('x', now - 50, now + 1000)
    expect([cutoffs.size, cutoffs.covers('x', now), cutoffs.covers('x', now + 1)]).toEqual([1, true, false])
    cutoffs.sweep(now + CUTOFF_KEPT_SECONDS)
    expect(cutoffs.covers('x', now)).toBe(true)
  })
})
