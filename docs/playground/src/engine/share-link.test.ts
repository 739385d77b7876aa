import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BOUNDS, DEFAULT_SETTINGS, FAULTS } from './settings.ts'
import { readShareLink, writeShareLink } from './share-link.ts'

const settings = fc.record({
  feed: fc.boolean(),
  keepSeconds: fc.integer(BOUNDS.keepSeconds),
  fault: fc.constantFrom(...FAULTS),
  clockMinutes: fc.integer(BOUNDS.clockMinutes),
})

describe('readShareLink', () => {
  test('reads what writeShareLink wrote', () => {
    fc.assert(
      fc.property(settings, fc.boolean(), (given, runs) => {
        const read = readShareLink(`#${writeShareLink({ settings: given, runs })}`)
        const clockMinutes = given.fault === 'clock' ? given.clockMinutes : DEFAULT_SETTINGS.clockMinutes
        expect(read).toEqual({ settings: { ...given, clockMinutes }, runs })
      }),
    )
  })

  test.each([
    ['nothing', ''],
    ['an unknown fault', '#fault=constructor'],
    ['markup', '#fault=<img src=x onerror=alert(1)>&keep=<script>'],
    ['a number with a sign, a point or an exponent', '#keep=1e3'],
    ['a negative time', '#keep=-30'],
    ['a time above the bound', '#keep=1801'],
    ['a clock outside its bounds', '#clock=121'],
    ['a member of another name', '#token=secret&__proto__=1'],
    ['a text that is neither on nor off', '#feed=maybe'],
    ['a fragment that is too long', `#feed=off&${'x'.repeat(200)}`],
  ])('takes the defaults for %s', (_, fragment) => {
    expect(readShareLink(fragment)).toEqual({ settings: DEFAULT_SETTINGS, runs: false })
  })

  test('stays within the bounds for any text', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer({ min: -9999, max: 9999 }).map(String))
    const member = fc.tuple(fc.constantFrom('feed', 'keep', 'fault', 'clock', 'run'), value)
    const fragment = fc.oneof(
      fc.string(),
      fc.array(member).map((members) => `#${new URLSearchParams(members).toString()}`),
    )
    fc.assert(
      fc.property(fragment, (text) => {
        const { settings: read } = readShareLink(text)
        const numbers = ['keepSeconds', 'clockMinutes'] as const
        const areBounded = numbers.every((name) => read[name] >= BOUNDS[name].min && read[name] <= BOUNDS[name].max)
        return areBounded && FAULTS.includes(read.fault)
      }),
    )
  })
})

describe('writeShareLink', () => {
  test('leaves defaults out', () => {
    expect(writeShareLink({ settings: DEFAULT_SETTINGS, runs: false })).toBe('')
  })
})
