import type { IntrospectionResponse } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { StringPool } from './string-pool.ts'

const parse = (members: object): IntrospectionResponse =>
  JSON.parse(JSON.stringify({ active: true, ...members })) as IntrospectionResponse

describe('StringPool', () => {
  test('changes no value', () => {
    const pool = new StringPool()
    const members = {
      iss: 'https://as.example.com',
      aud: ['urn:a', 'urn:b'],
      client_id: 'web',
      scope: 'a b',
      token_type: 'Bearer',
      sub: 'alice',
      x: ['y'],
      cnf: { jkt: 'z' },
    }
    for (let count = 0; count < 3; count++) {
      const response = parse(members)
      pool.share(response)
      expect(response).toEqual({ active: true, ...members })
    }
  })

  test('does not change unusual values and inactive answers', () => {
    const pool = new StringPool()
    const odd = parse({ iss: null, scope: 5, aud: [1, null, 'urn:a'], client_id: { a: 1 } })
    pool.share(odd)
    expect(odd).toEqual({ active: true, iss: null, scope: 5, aud: [1, null, 'urn:a'], client_id: { a: 1 } })
    const inactive = Object.freeze({ active: false } as const)
    expect(() => pool.share(inactive)).not.toThrow()
  })

  test('stays within its limit, and goes on working', () => {
    const pool = new StringPool(2)
    for (let count = 0; count < 100; count++) {
      const response = parse({ scope: `scope-${count}`, iss: 'x'.repeat(600) })
      pool.share(response)
      expect(response).toEqual({ active: true, scope: `scope-${count}`, iss: 'x'.repeat(600) })
    }
  })
})
