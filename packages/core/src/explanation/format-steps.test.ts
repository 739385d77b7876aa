import { describe, expect, test } from 'vitest'
import { formatSteps } from './format-steps.ts'

const long = 'a text of many words that does not fit into one line of a terminal with eighty columns'

describe('formatSteps', () => {
  test('writes a line for each step, in columns, with its mark', () => {
    expect(
      formatSteps('a headline', [
        { name: 'one', outcome: 'passed', detail: 'good' },
        { name: 'longer', outcome: 'refused', detail: 'bad', remedy: 'mend it' },
        { name: 'x', outcome: 'failed', detail: 'broken' },
        { name: 'y', outcome: 'skipped', detail: 'nothing' },
      ]),
    ).toBe(
      [
        'a headline',
        '✓ one     good',
        '✗ longer  bad',
        '          → mend it',
        '✗ x       broken',
        '– y       nothing',
      ].join('\n'),
    )
  })

  test('goes on below the detail and the remedy, and keeps within 80 columns', () => {
    const lines = formatSteps('h', [{ name: 'one', outcome: 'refused', detail: long, remedy: long }]).split('\n')
    expect(lines).toEqual([
      'h',
      '✗ one  a text of many words that does not fit into one line of a terminal with',
      '       eighty columns',
      '       → a text of many words that does not fit into one line of a terminal with',
      '         eighty columns',
    ])
  })

  test('writes parts below their step, in columns of their own', () => {
    const parts = [
      { name: 'a', outcome: 'passed', detail: '1' },
      { name: 'bbb', outcome: 'refused', detail: '2', remedy: '3' },
    ] as const
    expect(formatSteps('h', [{ name: 'one', outcome: 'refused', detail: 'x', parts }])).toBe(
      ['h', '✗ one  x', '  ✓ a    1', '  ✗ bbb  2', '         → 3'].join('\n'),
    )
  })

  test('breaks no word, and lets no text forge a line or move the cursor', () => {
    const url = `https://as.example.com/${'x'.repeat(90)}`
    const lines = formatSteps('h', [{ name: 'one', outcome: 'passed', detail: `a\n✗ two ${url} \u001b[2Jb` }]).split(
      '\n',
    )
    expect(lines).toEqual(['h', '✓ one  a ✗ two', `       ${url}`, '       [2Jb'])
  })
})
