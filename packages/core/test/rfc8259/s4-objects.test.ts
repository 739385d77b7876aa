import { describe, expect, test } from 'vitest'
import { MAX_JSON_DEPTH, parseIntrospectionResponse, parseJsonObject } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
}

describe('RFC 8259 §4', () => {
  test.each([
    ['a duplicate name', '{"active":false,"active":true}'],
    ['a duplicate name in two spellings', String.raw`{"active":false,"\u0061ctive":true}`],
    ['a duplicate name in a nested object', '{"active":true,"cnf":{"jkt":"a","jkt":"b"}}'],
    ['a prototype', '{"__proto__":{"active":true}}'],
    ['a prototype in a nested object', '{"active":true,"act":{"__proto__":{"sub":"admin"}}}'],
    ['objects nested 10,000 levels deep', `{"active":true,"act":${'{"act":'.repeat(10_000)}{}${'}'.repeat(10_000)}}`],
    ['arrays nested 10,000 levels deep', `{"active":true,"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ])('RSP-27 refuses %s', (_, text) => {
    expect(() => parseJsonObject(text)).toThrow(malformed)
  })

  test('RSP-27 reads the name constructor as an ordinary member, and never reads active from it', () => {
    const response = parseIntrospectionResponse(parseJsonObject('{"active":true,"constructor":{"prototype":{"a":1}}}'))
    expect(response).toEqual({ active: true, constructor: { prototype: { a: 1 } } })
    expect(({} as { a?: unknown }).a).toBeUndefined()
    expect(() => parseIntrospectionResponse(parseJsonObject('{"constructor":{"active":true}}'))).toThrow(malformed)
  })

  test('RSP-29 limits the depth of nesting', () => {
    expect(() => parseJsonObject(nested(MAX_JSON_DEPTH))).not.toThrow()
    expect(() => parseJsonObject(nested(MAX_JSON_DEPTH + 1))).toThrow(malformed)
  })
})
