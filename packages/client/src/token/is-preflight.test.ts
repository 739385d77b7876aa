import { expect, test } from 'vitest'
import { isPreflight } from './is-preflight.ts'

const fields = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' }

function request(method: string, headers: Record<string, string>): Request {
  return new Request('https://api.example.com', { method, headers })
}

test.each([
  ['what browsers send', 'OPTIONS', fields],
  ['one that asks for fields', 'OPTIONS', { ...fields, 'access-control-request-headers': 'authorization' }],
  ['one of an opaque origin', 'OPTIONS', { ...fields, origin: 'null' }],
])('knows a preflight: %s (BEAR-21)', (_, method, headers) => {
  expect(isPreflight(request(method, headers))).toBe(true)
})

test.each([
  ['another method', 'GET', fields],
  ['a method that begins like it', 'OPTIONSX', fields],
  ['no Origin', 'OPTIONS', { 'access-control-request-method': 'GET' }],
  ['no method asked for', 'OPTIONS', { origin: 'https://app.example.com' }],
  ['an empty Origin', 'OPTIONS', { ...fields, origin: '' }],
  ['an empty method asked for', 'OPTIONS', { ...fields, 'access-control-request-method': '' }],
  ['a method by override', 'POST', { ...fields, 'x-http-method-override': 'OPTIONS' }],
])('takes nothing else for one: %s', (_, method, headers) => {
  expect(isPreflight(request(method, headers))).toBe(false)
})

test('takes no method but OPTIONS as it is spelt', () => {
  const headers = new Headers(fields)
  expect([isPreflight({ method: 'options', headers }), isPreflight({ headers })]).toEqual([false, false])
})
