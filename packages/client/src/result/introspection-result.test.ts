import { describe, expect, test } from 'vitest'
import { toResult } from './introspection-result.ts'

describe('toResult', () => {
  test('freezes the answer and everything in it', () => {
    const response = {
      active: true as const,
      aud: ['a', 'b'],
      act: { sub: 'gateway', act: { sub: 'admin' } },
      permissions: [{ resource_id: 'r', resource_scopes: ['view'] }],
      tenant: { roles: [['owner']], nothing: null },
    }
    const result = toResult(response)
    expect(result).toBe(response)
    const unfrozen: string[] = []
    JSON.stringify(result, (name, value: unknown) => {
      if (!Object.isFrozen(value)) unfrozen.push(name)
      return value
    })
    expect(unfrozen).toEqual([])
    expect(() => response.aud.push('c')).toThrow(TypeError)
    expect(() => {
      response.act.act.sub = 'root'
    }).toThrow(TypeError)
  })

  test('does not freeze other objects that a claims schema made', () => {
    class Tenant {
      name = 'acme'
    }
    const made = { key: new Uint8Array([1]), since: new Date(0), roles: new Set(['owner']), tenant: new Tenant() }
    const result = toResult({ active: true, ...made })
    expect(Object.isFrozen(result)).toBe(true)
    expect(result).toMatchObject(made)
    expect(Object.values(made).some((value) => Object.isFrozen(value))).toBe(false)
  })

  test('ends with an answer that contains itself', () => {
    const claims: Record<string, unknown> = {}
    claims['self'] = claims
    expect(Object.isFrozen(toResult({ active: true, claims }))).toBe(true)
    expect(Object.isFrozen(claims)).toBe(true)
  })

  test('freezes objects without a prototype', () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 })
    toResult({ active: true, bare })
    expect(Object.isFrozen(bare)).toBe(true)
  })
})
