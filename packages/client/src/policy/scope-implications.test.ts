import { OptionGroup } from '@token-introspection/core/options'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FLAT_HIERARCHY, readScopeImplications, type ScopeImplications } from './scope-implications.ts'

const files = { 'files:admin': ['files:write', 'files:share'], 'files:write': ['files:read'] }

function read(scopeImplications: unknown) {
  return readScopeImplications(
    new OptionGroup('guard', { scopeImplications }, ['scopeImplications']),
    'scopeImplications',
  )
}

function hierarchyOf(implications: ScopeImplications) {
  return read(implications) ?? FLAT_HIERARCHY
}

describe('readScopeImplications', () => {
  test('is undefined without the option', () => {
    expect(read(undefined)).toBeUndefined()
  })

  test('counts what an implied scope implies', () => {
    const { enoughFor, withImplied } = hierarchyOf(files)
    expect(enoughFor('files:read')).toEqual(['files:read', 'files:admin', 'files:write'])
    expect(enoughFor('files:write')).toEqual(['files:write', 'files:admin'])
    expect(enoughFor('files:admin')).toEqual(['files:admin'])
    expect(enoughFor('other')).toEqual(['other'])
    expect(withImplied(['files:admin', 'other'])).toEqual([
      'files:admin',
      'other',
      'files:write',
      'files:share',
      'files:read',
    ])
    expect(withImplied(['files:read'])).toEqual(['files:read'])
  })

  test('does not follow later changes of the object', () => {
    const changed: Record<string, string[]> = { a: ['b'] }
    const { enoughFor } = hierarchyOf(changed)
    changed['a']?.push('c')
    changed['x'] = ['b']
    expect([enoughFor('b'), enoughFor('c')]).toEqual([['b', 'a'], ['c']])
  })

  test('takes names that every object inherits for scopes like others', () => {
    const { enoughFor, withImplied } = hierarchyOf(JSON.parse('{"__proto__":["toString"]}') as ScopeImplications)
    expect(enoughFor('toString')).toEqual(['toString', '__proto__'])
    expect(withImplied(['constructor'])).toEqual(['constructor'])
  })

  test.each([
    ['itself', { a: ['a'] }, 'a'],
    ['itself through another', { a: ['b'], b: ['a'] }, 'a'],
    ['itself through several others', { z: ['a'], a: ['b', 'd'], b: ['c'], c: ['a'] }, 'a'],
  ])('refuses a scope that implies %s', (_, implications, scope) => {
    expect(() => read(implications)).toThrow(
      new TypeError(`guard.scopeImplications: must have no cycle, and "${scope}" implies itself`),
    )
  })

  test.each([
    ['a string', 'a', 'guard.scopeImplications: must be an object'],
    ['an array', [['a', 'b']], 'guard.scopeImplications: must be an object'],
    ['null', null, 'guard.scopeImplications: must be an object'],
    ['a map', new Map([['a', ['b']]]), 'guard.scopeImplications: must be a plain object'],
    ['a string in place of an array', { a: 'b' }, 'guard.scopeImplications.a: must be an array'],
    ['two scopes in one string', { a: ['b c'] }, 'guard.scopeImplications: must have single scope tokens'],
    ['a name with a space', { 'a b': ['c'] }, 'guard.scopeImplications: must have single scope tokens'],
    ['an empty name', { '': ['c'] }, 'guard.scopeImplications: must have single scope tokens'],
    ['an empty scope', { a: [''] }, 'guard.scopeImplications.a: must be an array'],
  ])('refuses %s', (_, implications, message) => {
    expect(() => read(implications)).toThrow(TypeError)
    expect(() => read(implications)).toThrow(message)
  })
})

const scopes = ['a', 'b', 'c', 'd', 'e', 'f']

/** Implications from earlier scopes to later ones, so that there is no cycle. */
const acyclic = fc
  .array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), { maxLength: 12 })
  .map((pairs) =>
    pairs.filter(([from, to]) => from < to).map(([from, to]) => [scopes[from], scopes[to]] as [string, string]),
  )

const implicationsOf = (pairs: readonly [string, string][]): ScopeImplications =>
  Object.fromEntries(scopes.map((scope) => [scope, pairs.filter(([from]) => from === scope).map(([, to]) => to)]))

/** The definition itself: repeats every step until nothing is new. */
function closure(granted: readonly string[], pairs: readonly [string, string][]): Set<string> {
  const all = new Set(granted)
  for (const _ of scopes) for (const [from, to] of pairs) if (all.has(from)) all.add(to)
  return all
}

test('for all implications, both directions agree with the transitive closure', () => {
  fc.assert(
    fc.property(acyclic, fc.subarray(scopes), fc.constantFrom(...scopes), (pairs, granted, wanted) => {
      const { enoughFor, withImplied } = hierarchyOf(implicationsOf(pairs))
      const all = closure(granted, pairs)
      expect(new Set(withImplied(granted))).toEqual(all)
      expect(enoughFor(wanted).some((scope) => granted.includes(scope))).toBe(all.has(wanted))
    }),
  )
})

test('for all implications, exactly those with a cycle are refused', () => {
  const anyPairs = fc.array(fc.tuple(fc.constantFrom(...scopes), fc.constantFrom(...scopes)), { maxLength: 8 })
  fc.assert(
    fc.property(anyPairs, (pairs) => {
      const isCyclic = pairs.some(([from, to]) => closure([to], pairs).has(from))
      if (isCyclic) expect(() => read(implicationsOf(pairs))).toThrow(/no cycle/)
      else expect(read(implicationsOf(pairs))).toBeDefined()
    }),
  )
})
