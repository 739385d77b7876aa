import { describe, expect, test } from 'vitest'
import { compareOutcomes, parseOutcomes } from './compare-outcomes.ts'
import { EXPECTED_OUTCOMES, expectedOn, type RuntimeKind } from './expected-outcomes.ts'
import { AWAIT_USING_CASES } from './program/await-using.ts'
import { FETCH_CASES } from './program/fetch-cases.ts'
import { NODE_CASES } from './program/node-cases.ts'
import { SMOKE_CASES } from './program/smoke-cases.ts'
import { STREAM_CASES } from './program/stream-cases.ts'
import type { SmokeCase } from './program/smoke-input.ts'

const expected = [
  { title: 'one', on: ['node' as const], outcome: { active: true } },
  { title: 'two', on: ['node' as const], outcome: 'ERR_TRANSPORT_TIMEOUT' },
]
const one = '{"title":"one","outcome":{"active":true}}'
const two = '{"title":"two","outcome":"ERR_TRANSPORT_TIMEOUT"}'

describe('parseOutcomes', () => {
  test('reads one outcome per line, and skips empty lines', () => {
    expect(parseOutcomes(`${one}\n\n${two}\r\n`)).toEqual({
      told: [
        { title: 'one', outcome: { active: true } },
        { title: 'two', outcome: 'ERR_TRANSPORT_TIMEOUT' },
      ],
      problems: [],
    })
  })

  test.each(['Warning: something', 'null', '[]', '{"outcome":true}', '{"title":1,"outcome":true}', '{"title":"one"'])(
    'says that %s is no outcome',
    (line) => {
      expect(parseOutcomes(line)).toEqual({ told: [], problems: [`no outcome: ${line}`] })
    },
  )
})

describe('compareOutcomes', () => {
  test('accepts the expected outcomes in any order', () => {
    expect(compareOutcomes(`${two}\n${one}\n`, expected)).toEqual([])
  })

  test.each([
    [
      'another outcome',
      `{"title":"one","outcome":{"active":false}}\n${two}`,
      'one: {"active":false}, not {"active":true}',
    ],
    [
      'a member more',
      `{"title":"one","outcome":{"active":true,"sub":"x"}}\n${two}`,
      'one: {"active":true,"sub":"x"}, not {"active":true}',
    ],
    ['no outcome at all', `{"title":"one"}\n${two}`, 'one: undefined, not {"active":true}'],
    ['a case that is missing', two, 'one: not told'],
    ['a case told twice', `${one}\n${one}\n${two}`, 'one: told 2 times'],
    ['a case nobody asked for', `${one}\n${two}\n{"title":"three","outcome":1}`, 'three: nobody asked for it'],
    ['a line that is none', `${one}\n${two}\nboom`, 'no outcome: boom'],
  ])('reports %s', (_, output, problem) => {
    expect(compareOutcomes(output, expected)).toEqual([problem])
  })

  test('reports a program that printed nothing', () => {
    expect(compareOutcomes('', expected)).toEqual(['one: not told', 'two: not told'])
  })
})

describe('expectedOn', () => {
  test.each<RuntimeKind>(['node22', 'node', 'bun', 'deno', 'workerd'])('has cases for %s', (kind) => {
    const titles = expectedOn(kind).map(({ title }) => title)
    expect(titles).toContain('an active token')
    expect(new Set(titles).size).toBe(titles.length)
    expect(titles.includes('a private authority is trusted over TLS')).toBe(kind.startsWith('node'))
    expect(titles.includes('certificates are refused')).toBe(!kind.startsWith('node'))
    expect(titles.includes('`await using` closes a client')).toBe(kind !== 'node22')
  })

  test('uses every case on some runtime', () => {
    expect(EXPECTED_OUTCOMES.filter(({ on }) => on.length === 0)).toEqual([])
  })
})

describe('the programs', () => {
  test.each<[RuntimeKind, Readonly<Record<string, SmokeCase>>]>([
    ['node', { ...SMOKE_CASES, ...STREAM_CASES, ...NODE_CASES, ...AWAIT_USING_CASES }],
    ['deno', { ...SMOKE_CASES, ...STREAM_CASES, ...FETCH_CASES, ...AWAIT_USING_CASES }],
    ['workerd', { ...SMOKE_CASES, ...FETCH_CASES, ...AWAIT_USING_CASES }],
  ])('have exactly the expected cases on %s', (kind, cases) => {
    expect(Object.keys(cases).toSorted()).toEqual(
      expectedOn(kind)
        .map(({ title }) => title)
        .toSorted(),
    )
  })
})
