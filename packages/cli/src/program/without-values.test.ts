import { expect, test } from 'vitest'
import { withoutValues } from './without-values.ts'

test.each([
  ["unknown option '--foo=s3cr3t'", "unknown option '--foo'"],
  ["unknown command 'srve'", "unknown command 'srve'"],
  ["unknown command 'eyJhbGciOi.e30.x'", 'unknown command …'],
  ["option '--port <number>' argument '99999' is invalid", "option '--port <number>' argument '99999' is invalid"],
  ["option '--port <number>' argument 'S3cr3t' is invalid", "option '--port <number>' argument … is invalid"],
  ["option '--auth <method>' argument 'S3cr'et'Word' is invalid.", "option '--auth <method>' argument … is invalid."],
  ["option '--timeout <seconds>' argument 'a'S3cret' is invalid", "option '--timeout <seconds>' argument … is invalid"],
  ["unknown option '--x'S3cret'", 'unknown option …'],
  ["unknown option '--x '-a <b>'S3cret'", 'unknown option …'],
  ["option '--scope <scope>' argument missing", "option '--scope <scope>' argument missing"],
  [
    'too many arguments. Expected 0 arguments but got 2: eyJ.e30.x, other.',
    'too many arguments. Expected 0 arguments but got 2',
  ],
])('%s', (message, shown) => {
  expect(withoutValues(message)).toBe(shown)
})
