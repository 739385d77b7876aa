import { describe, expect, test } from 'vitest'
import type { Ratio } from '../measure/ratio.ts'
import { clientSide } from '../sides/client-side.ts'
import { frameworkSides } from '../sides/framework-sides.ts'
import { serverSide } from '../sides/server-side.ts'
import { signedSide } from '../sides/signed-side.ts'
import { storeSides } from '../sides/store-sides.ts'
import { bars, judgeBars } from './bars.ts'
import type { VariantSummary } from './summary.ts'

const absolute = { cpuMicrosPerCall: 30, callsPerSecond: 30_000, p99Ms: 1 }

function summary(name: string, ratio?: number): VariantSummary {
  if (ratio === undefined) return { name, rounds: 1, absolute, ratios: undefined }
  const sameForAll: Ratio = { median: ratio, lowerQuartile: ratio, upperQuartile: ratio, processMedians: [ratio] }
  const ratios = { cpuMicrosPerCall: sameForAll, callsPerSecond: sameForAll, p99Ms: sameForAll }
  return { name, rounds: 1, absolute, ratios }
}

describe('judgeBars', () => {
  const base = summary('undici request + JSON.parse')
  const ours = summary('IntrospectionClient', 1.1)
  const judged = judgeBars('client', [base, ours, summary('oauth4webapi', 7.7)])

  test.each([
    ['a ratio to the base', 'IntrospectionClient', 'cpuMicrosPerCall', 1.1, false],
    ['another figure, which is the better the larger', 'IntrospectionClient', 'callsPerSecond', 1.1, true],
    ['a peer in multiples of ours', 'oauth4webapi', 'cpuMicrosPerCall', 7, true],
  ] as const)('judges %s', (_, variant, metric, measured, met) => {
    const bar = judged.find((candidate) => candidate.variant === variant && candidate.metric === metric)
    expect(bar?.measured).toBeCloseTo(measured)
    expect(bar?.met).toBe(met)
  })

  test('calls a bar missed when there is nothing to compare', () => {
    expect(judged.find((bar) => bar.variant === 'openid-client')?.met).toBe(false)
  })

  test('judges the bars of one side alone', () => {
    expect(new Set(judged.map((bar) => bar.side))).toEqual(new Set(['client']))
  })
})

test('every bar is about variants that are measured', () => {
  const sides = { client: clientSide, server: serverSide, signed: signedSide, ...frameworkSides, ...storeSides }
  for (const bar of bars) {
    const { base, candidates } = sides[bar.side]
    const names = [base, ...candidates].map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining([bar.variant, bar.by]))
  }
})
