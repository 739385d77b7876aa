import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { withoutOctets } from './without-octets.ts'

const octets = 'Z/1.1 200 secret-token'

function parserError(): Error {
  return Object.assign(new Error('Expected HTTP/'), { name: 'HTTPParserError', code: 'HPE_INVALID', data: octets })
}

describe('withoutOctets', () => {
  test("removes the octets from the parser's error and keeps the rest", () => {
    const error = parserError()
    expect(withoutOctets(error)).toBe(error)
    expect(error).toMatchObject({ message: 'Expected HTTP/', code: 'HPE_INVALID' })
    expect(inspect(error)).not.toContain('secret-token')
  })

  test("removes the octets from the cause of fetch's error", () => {
    const error = new TypeError('fetch failed', { cause: parserError() })
    expect(inspect(withoutOctets(error))).not.toContain('secret-token')
  })

  test('does not change the data of other errors', () => {
    const error = Object.assign(new Error('x'), { data: 5, cause: Object.assign(new Error('y'), { data: 6 }) })
    expect(withoutOctets(error)).toMatchObject({ data: 5, cause: { data: 6 } })
  })

  test.each([undefined, null, 'x', 5])('returns %o unchanged, because it is not an error', (value) => {
    expect(withoutOctets(value)).toBe(value)
  })
})
