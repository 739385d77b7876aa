import { describe, expect, test } from 'vitest'
import { sayKind } from './say-kind.ts'

describe('sayKind', () => {
  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    ['', 'an empty string'],
    ['s3cr3t', 'a string'],
    [5, 'a number'],
    [['s3cr3t'], 'an array'],
    [{ secret: 's3cr3t' }, 'an object'],
    [new URL('https://s3cr3t.example.com'), 'a URL object'],
    [() => 's3cr3t', 'a function'],
    [Symbol('s3cr3t'), 'a symbol'],
  ])('says what %o is, and quotes nothing', (value, kind) => {
    expect(sayKind(value)).toBe(kind)
  })
})
