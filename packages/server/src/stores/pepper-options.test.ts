import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import { NO_PEPPER } from './pepper.ts'
import { readPeppers } from './pepper-options.ts'

const SECRET = 'a-pepper-that-only-the-servers-know'
const KEY_SECRET = 'a-secret-of-the-log-with-32-octets!'

function read(pepper: unknown) {
  return readPeppers(new OptionGroup('', { pepper }, ['pepper']), KEY_SECRET)
}

describe('readPeppers', () => {
  test('gives no pepper by default, and peppers in their order', () => {
    expect(read(undefined)).toEqual([NO_PEPPER])
    expect(read([SECRET])).toHaveLength(1)
    expect(read([null, SECRET])[0]).toBe(NO_PEPPER)
    expect(read([SECRET, null])[1]).toBe(NO_PEPPER)
  })

  test('reads the list once', () => {
    const given = [SECRET]
    const peppers = read(given)
    given[0] = KEY_SECRET
    expect(peppers[0].keyed('digest')).toBe(read([SECRET])[0].keyed('digest'))
  })

  test.each([
    [SECRET, 'pepper: must be an array of secrets, the current one first, but is a string'],
    [null, 'but is null'],
    [{}, 'but is an object'],
    [[], 'pepper: must have 1 to 4 elements, and at least one secret'],
    [[null], 'at least one secret'],
    [[undefined], 'at least one secret'],
    [Array.from({ length: 5 }, (_, index) => `${SECRET}${index}`), 'must have 1 to 4 elements'],
    [[SECRET, undefined], 'pepper[1]: must be a secret of at least 32 characters, or null'],
    [[SECRET, 'short'], 'pepper[1]: must be a secret of at least 32 characters, or null'],
    // oxlint-disable-next-line no-sparse-arrays
    [[SECRET, , null], 'pepper[1]: must be a secret'],
    [[SECRET, SECRET], 'pepper[1]: must differ from the elements before it'],
    [[SECRET, KEY_SECRET], 'pepper[1]: must be another secret than revocationLog.keySecret'],
  ])('refuses %o, and says what it may be', (given, complaint) => {
    expect(() => read(given)).toThrow(TypeError)
    expect(() => read(given)).toThrow(complaint)
    for (const secret of [SECRET, KEY_SECRET, 'short']) expect(() => read(given)).not.toThrow(secret)
  })
})
