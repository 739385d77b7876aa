import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { parseMembers } from './parse-members.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
const schema = z.looseObject({ name: z.string(), list: z.optional(z.array(z.object({ a: z.string() }))) })

describe('parseMembers', () => {
  test('returns the output of the schema', () => {
    expect(parseMembers(schema, { name: 'a', other: 1 }, 'document')).toEqual({ name: 'a', other: 1 })
  })

  test.each([
    ['a member', { name: [secret] }, 'name'],
    [
      'each wrong member once',
      { name: 5, list: [{ a: 5 }, { a: 6 }, secret] },
      /name, list \[ERR_RESPONSE_MALFORMED\]$/,
    ],
    ['the outermost of nested members', { name: 'a', list: [{ a: [secret] }] }, /list \[ERR_RESPONSE_MALFORMED\]$/],
    ['the document when it is not an object', secret, 'document'],
  ])('names %s and not its value', (_, value, name) => {
    expect(() => parseMembers(schema, value, 'document')).toThrow(malformed)
    expect(() => parseMembers(schema, value, 'document')).toThrow(name)
    expect(() => parseMembers(schema, value, 'document')).not.toThrow(secret)
  })

  test('throws the same error when there are more issues than can be listed', () => {
    const list = Array.from({ length: 500_000 }, () => 5)
    expect(() => parseMembers(schema, { name: 'a', list }, 'document')).toThrow(malformed)
  })
})
