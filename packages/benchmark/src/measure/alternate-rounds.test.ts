import { describe, expect, test } from 'vitest'
import { alternate, alternateRounds } from './alternate-rounds.ts'

describe('alternate', () => {
  test('puts a base round before and after every candidate', () => {
    const order = alternate('base', [turn('ours'), turn('peer')], 2)
    expect(order.join(' ')).toBe('base ours base peer base ours base peer base')
  })

  test('skips a candidate in some cycles', () => {
    const order = alternate('base', [turn('ours'), turn('peer', 3)], 4)
    expect(order.join(' ')).toBe('base ours base peer base ours base ours base ours base peer base')
  })
})

describe('alternateRounds', () => {
  test('measures one variant at a time, in order', async () => {
    let underWay = 0
    const rounds = await alternateRounds(['base', 'ours', 'base'], async (variant) => {
      expect(++underWay).toBe(1)
      await Promise.resolve()
      underWay--
      return { variant, cpuMicrosPerCall: 1, callsPerSecond: 1, p99Ms: 1 }
    })
    expect(rounds.map((round) => round.variant)).toEqual(['base', 'ours', 'base'])
  })
})

function turn(name: string, everyNth = 1) {
  return { name, everyNth }
}
