import { describe, expect, test } from 'vitest'
import { addFields } from './response-fields.ts'

/** What a field is after a guard has added its own to what was set. */
function after(name: string, value: string, existing: number | string | string[] | undefined): string | undefined {
  const set: Record<string, string> = {}
  addFields({ [name]: value }, set, { get: () => existing, set: (response, field, text) => (response[field] = text) })
  return set[name]
}

describe('access-control-expose-headers', () => {
  test.each([
    [undefined, 'WWW-Authenticate'],
    ['', 'WWW-Authenticate'],
    ['X-Total', 'X-Total, WWW-Authenticate'],
    ['www-authenticate', 'www-authenticate'],
    ['X-Total,WWW-Authenticate , ETag', 'X-Total, WWW-Authenticate, ETag'],
    ['*', '*, WWW-Authenticate'],
    [['X-Total', 'ETag'], 'X-Total, ETag, WWW-Authenticate'],
  ])('%o becomes %o (BEAR-20)', (existing, expected) => {
    expect(after('access-control-expose-headers', 'WWW-Authenticate', existing)).toBe(expected)
  })
})

describe('cache-control: private', () => {
  test.each([
    [undefined, 'private'],
    ['no-store', 'no-store'],
    ['max-age=0, NO-STORE', 'max-age=0, NO-STORE'],
    ['private, max-age=60', 'private, max-age=60'],
    ['public', 'private'],
    ['Public, max-age=60, S-MaxAge=90', 'private, max-age=60'],
    ['max-age=60', 'private, max-age=60'],
    // Of these fields alone it is private.
    ['private="set-cookie", max-age=60', 'private, max-age=60'],
  ])('%o becomes %o (BEAR-07)', (existing, expected) => {
    expect(after('cache-control', 'private', existing)).toBe(expected)
  })
})

test.each(['no-cache', 'public', 'private'])('a refusal is kept by nobody, whatever was set: %s', (existing) => {
  expect(after('cache-control', 'no-store', existing)).toBe('no-store')
})

test('another field takes the place of what was set', () => {
  expect(after('www-authenticate', 'Bearer realm="a"', 'Basic realm="b"')).toBe('Bearer realm="a"')
})
