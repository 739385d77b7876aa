import { describe, expect, test } from 'vitest'
import { findTolerances } from './find-tolerances.ts'
import { toleranceDefaults } from './tolerance-options.ts'

function octets(answer: unknown): Uint8Array {
  return new TextEncoder().encode(typeof answer === 'string' ? answer : JSON.stringify(answer))
}

describe('findTolerances', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['an answer that can be read', { active: true, scope: 'a' }, []],
    ['a scope in an array', { active: true, scope: ['a'] }, ['scopeAsArray']],
    ['active as a string', { active: 'true' }, ['activeAsString']],
    ['two deviations', { active: true, scope: ['a'], exp: '1764000000' }, ['scopeAsArray', 'datesAsText']],
    [
      'a date of milliseconds as text',
      { active: true, exp: '1764000000000' },
      ['timestampsInMilliseconds', 'datesAsText'],
    ],
    [
      'a member that was left out',
      { active: true, act: 'web', permissions: [{ resource_set_id: 'r', scopes: [] }] },
      ['actAsString', 'uma1Permissions'],
    ],
    ['what no option makes readable', { active: true, scope: ['a'], permissions: ['r:s'] }, []],
    ['no JSON', '<html>', []],
  ])('finds the options for %s', (_, answer, options) => {
    expect(findTolerances(octets(answer), undefined)).toEqual(options)
  })

  test('names no option that is on, and finds nothing in octets that are not UTF-8', () => {
    const on = { ...toleranceDefaults, scopeAsArray: true, aliases: [], renames: [] }
    expect(findTolerances(octets({ active: true, scope: ['a'], sub: 7 }), on)).toEqual(['numbersAsText'])
    expect(findTolerances(new Uint8Array([0xff]), undefined)).toEqual([])
  })
})
