import { describe, expect, test } from 'vitest'
import type { Ratio } from '../measure/ratio.ts'
import { figureNames } from '../sides/cache-bounds.ts'
import { cachedSides } from '../sides/cached-sides.ts'
import { clientSide } from '../sides/client-side.ts'
import { frameworkSides } from '../sides/framework-sides.ts'
import { serverSide } from '../sides/server-side.ts'
import { signedSide } from '../sides/signed-side.ts'
import { storeSides } from '../sides/store-sides.ts'
import { bars } from './bars/bars.ts'
import { judgeBars } from './judge-bars.ts'
import type { FigureSummary } from './figures.ts'
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
  const judged = judgeBars('client', { variants: [base, ours, summary('oauth4webapi', 7.7)] })

  test.each([
    ['a ratio to the base', 'IntrospectionClient', 'cpuMicrosPerCall', 1.1, false],
    ['another figure, for which larger is better', 'IntrospectionClient', 'callsPerSecond', 1.1, true],
    ['a peer in multiples of ours', 'oauth4webapi', 'cpuMicrosPerCall', 7, true],
  ] as const)('judges %s', (_, variant, metric, measured, met) => {
    const bar = judged.find((each) => 'variant' in each && each.variant === variant && each.metric === metric)
    expect(bar?.measured).toBeCloseTo(measured)
    expect(bar?.met).toBe(met)
  })

  test('calls a bar missed when the figure is missing', () => {
    expect(judged.find((bar) => 'variant' in bar && bar.variant === 'openid-client')?.met).toBe(false)
  })

  test.each([
    ['one within its limits', 1, true],
    ['one above', 2, false],
    ['one below', 0, false],
    ['one that is missing', undefined, false],
  ] as const)('judges a figure without a base: %s', (_, value, met) => {
    const figures: FigureSummary[] = [{ name: figureNames.herd, unit: 'count', over: 'worst', values: [], value }]
    const bar = judgeBars('cache bounds', { figures }).find(
      (each) => 'figure' in each && each.figure === figureNames.herd,
    )
    expect(bar?.met).toBe(met)
  })

  test('judges only the bars of the given side', () => {
    expect(new Set(judged.map((bar) => bar.side))).toEqual(new Set(['client']))
  })
})

test('every bar names a variant or figure that is measured', () => {
  const sides = {
    client: clientSide,
    ...cachedSides,
    server: serverSide,
    signed: signedSide,
    ...frameworkSides,
    ...storeSides,
  }
  for (const bar of bars) {
    if ('figure' in bar) {
      expect(Object.values<string>(figureNames)).toContain(bar.figure)
      continue
    }
    const plan = Object.entries(sides).find(([side]) => side === bar.side)?.[1]
    const names = [plan?.base, ...(plan?.candidates ?? [])].map((variant) => variant?.name)
    expect(names).toEqual(expect.arrayContaining([bar.variant, bar.by]))
  }
})
