import { describe, expect, test } from 'vitest'
import { readSamples, usedSelectors } from './used-metrics.ts'

describe('usedSelectors', () => {
  test('finds names, labels and the labels of a sum', () => {
    const query =
      'sum by (error_type, le) (rate({__name__=~"token_introspection_client_duration(_seconds)?_count", job=~"$job", error_type!="", token_introspection_active="true"}[5m])) > max(token_introspection_client_watched)'
    const [duration, watched] = usedSelectors(query)
    expect(duration?.name.test('token_introspection_client_duration_seconds_count')).toBe(true)
    expect(duration?.name.test('token_introspection_client_duration_count')).toBe(true)
    expect(duration?.name.test('token_introspection_client_duration_bucket')).toBe(false)
    expect(duration?.labels).toEqual([
      { label: 'job', value: undefined },
      { label: 'error_type', value: undefined },
      { label: 'token_introspection_active', value: 'true' },
      { label: 'error_type', value: undefined },
      { label: 'le', value: undefined },
    ])
    expect(watched?.name.source).toContain('token_introspection_client_watched')
  })

  test('takes the braces of a metric for its own', () => {
    expect(usedSelectors('rate(token_introspection_client_refusals_total{a="b"}[5m])')).toMatchObject([
      { labels: [{ label: 'a', value: 'b' }] },
    ])
  })

  test('refuses a selector of every metric', () => {
    expect(() => usedSelectors('sum({job="a"})')).toThrow('a selector without a metric')
  })
})

test('reads samples with their labels', () => {
  const text = '# HELP a_total text\na_total{x="1",y="2"} 3\na_total{x="4"} 5 1700000000\nb 1'
  expect(
    [...readSamples(text)].map(([name, labels]) => [name, [...labels].map(([label, values]) => [label, [...values]])]),
  ).toEqual([
    [
      'a_total',
      [
        ['x', ['1', '4']],
        ['y', ['2']],
      ],
    ],
    ['b', []],
  ])
})
