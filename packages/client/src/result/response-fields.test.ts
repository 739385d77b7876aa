import { describe, expect, test } from 'vitest'
import { addFields } from './response-fields.ts'

/** The value of a field after a guard has added its own. */
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
    // Only these fields are private.
    ['private="set-cookie", max-age=60', 'private, max-age=60'],
    ['private="set-cookie, x-a", max-age=60', 'private, max-age=60'],
    ['no-cache="set-cookie, private, x", max-age=60', 'private, no-cache="set-cookie, private, x", max-age=60'],
    ['no-cache="a\\", no-store, b", public', 'private, no-cache="a\\", no-store, b"'],
    ['no-cache="without an end, no-store', 'private, no-cache="without an end, no-store'],
  ])('%o becomes %o (BEAR-07)', (existing, expected) => {
    expect(after('cache-control', 'private', existing)).toBe(expected)
  })
})

test.each(['no-cache', 'public', 'private'])(
  'no cache keeps a refusal, whatever the application set: %s',
  (existing) => {
    expect(after('cache-control', 'no-store', existing)).toBe('no-store')
  },
)

test('another field replaces the value of the application', () => {
  expect(after('www-authenticate', 'Bearer realm="a"', 'Basic realm="b"')).toBe('Bearer realm="a"')
})
