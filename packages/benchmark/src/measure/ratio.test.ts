import { describe, expect, test } from 'vitest'
import { quantile, ratiosToNeighbours, type Round, summarizeRatios } from './ratio.ts'

function round(variant: string, cpuMicrosPerCall: number): Round {
  return { variant, cpuMicrosPerCall, callsPerSecond: 1e6 / cpuMicrosPerCall, p99Ms: 1 }
}

describe('quantile', () => {
  test.each([
    ['the middle of an odd number of values', [3, 1, 2], 0.5, 2],
    ['half way between the two in the middle', [4, 1, 2, 3], 0.5, 2.5],
    ['a quarter of the way', [10, 20, 30, 40, 50], 0.25, 20],
    ['the largest', [1, 5, 3], 1, 5],
    ['the only one', [7], 0.99, 7],
  ])('gives %s', (_, values, fraction, expected) => {
    expect(quantile(values, fraction)).toBe(expected)
  })

  test('returns NaN for an empty list', () => {
    expect(quantile([], 0.5)).toBeNaN()
  })

  test('does not reorder the values', () => {
    const values = [3, 1, 2]
    quantile(values, 0.5)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('ratiosToNeighbours', () => {
  const rounds = [round('base', 10), round('ours', 12), round('base', 14), round('peer', 90), round('base', 6)]

  test.each([
    ['a candidate to the mean of the base rounds around it', 'ours', 'cpuMicrosPerCall', [1]],
    ['another candidate to its own neighbours', 'peer', 'cpuMicrosPerCall', [9]],
    ['nothing for a candidate that never ran', 'absent', 'cpuMicrosPerCall', []],
    ['another figure', 'ours', 'p99Ms', [1]],
  ] as const)('compares %s', (_, candidate, metric, expected) => {
    expect(ratiosToNeighbours(rounds, 'base', candidate, metric)).toEqual(expected)
  })

  test('leaves out a round without a base round on either side', () => {
    const cutShort = [round('ours', 12), round('base', 10), round('ours', 12), round('peer', 9), round('base', 10)]
    expect(ratiosToNeighbours(cutShort, 'base', 'ours', 'cpuMicrosPerCall')).toEqual([])
  })

  test('does not change with a disturbance that affects both neighbours', () => {
    const disturbed = [round('base', 10), round('ours', 11), round('base', 10), round('base', 30)]
    const later = [round('ours', 33), round('base', 30)]
    const ratios = ratiosToNeighbours([...disturbed, ...later], 'base', 'ours', 'cpuMicrosPerCall')
    expect(ratios).toEqual([1.1, 1.1])
  })
})

describe('summarizeRatios', () => {
  test('takes the median of the medians, so that one slow process does not count', () => {
    const ratio = summarizeRatios([
      [1, 1, 1],
      [2, 2, 2],
      [1.1, 1.1, 1.1],
    ])
    expect(ratio.median).toBe(1.1)
    expect(ratio.processMedians).toEqual([1, 2, 1.1])
  })

  test('takes the quartiles over the rounds of all processes', () => {
    const ratio = summarizeRatios([
      [1, 2],
      [3, 4, 5],
    ])
    expect([ratio.lowerQuartile, ratio.upperQuartile]).toEqual([2, 4])
  })

  test('leaves out a process without ratios', () => {
    expect(summarizeRatios([[], [1, 3]]).processMedians).toEqual([2])
  })
})
