import type { ActiveIntrospectionResponse } from '@token-introspection/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agree } from './agree.ts'

const words = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
const members: fc.Arbitrary<ActiveIntrospectionResponse> = fc
  .record(
    {
      scope: words.map((tokens) => tokens.join(' ')),
      aud: fc.oneof(fc.constantFrom('a', 'b'), words),
      exp: fc.nat(100),
      nbf: fc.nat(100),
      auth_time: fc.nat(100),
      amr: words,
      authorization_details: words.map((types) => types.map((type) => ({ type }))),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ active: true, ...some }))

function scope(one: { scope?: string | undefined }): string[] {
  return one.scope?.split(' ').filter(Boolean) ?? []
}

describe('agree', () => {
  test('never grants more than the JWT, or than the answer where it has the member', () => {
    fc.assert(
      fc.property(members, members, (local, asked) => {
        const both = agree(local, asked)
        if (!both.active) throw new Error('both are active')
        expect(scope(local)).toEqual(expect.arrayContaining(scope(both)))
        if (asked.scope !== undefined) expect(scope(asked)).toEqual(expect.arrayContaining(scope(both)))
        for (const one of [local, asked]) {
          if (one.amr !== undefined) expect(one.amr).toEqual(expect.arrayContaining([...(both.amr ?? [])]))
          if (one.aud !== undefined) expect([one.aud].flat()).toEqual(expect.arrayContaining([both.aud].flat()))
          expect(both.exp ?? Infinity).toBeLessThanOrEqual(one.exp ?? Infinity)
          expect(both.nbf ?? 0).toBeGreaterThanOrEqual(one.nbf ?? 0)
          expect(both.auth_time ?? Infinity).toBeLessThanOrEqual(one.auth_time ?? Infinity)
        }
        expect(local.authorization_details ?? []).toEqual(expect.arrayContaining(both.authorization_details ?? []))
        for (const value of Object.values(both)) expect(value).toBeDefined()
      }),
      { numRuns: 2000 },
    )
  })

  test('is inactive when the server says so, whatever the JWT says', () => {
    expect(agree({ active: true, sub: 'a' }, { active: false })).toEqual({ active: false })
  })

  test('ignores the order of names in JSON', () => {
    const act = { sub: 'a', act: { sub: 'b', iss: 'c' } }
    const turned = { act: { iss: 'c', sub: 'b' }, sub: 'a' }
    expect(agree({ active: true, act }, { active: true, act: turned })).toMatchObject({ act })
    expect(() => agree({ active: true, act }, { active: true, act: { sub: 'a' } })).toThrow(/differ in act/)
    expect(() => agree({ active: true, sub: 'a' }, { active: true, sub: 'A' })).toThrow(/differ in sub/)
  })
})
