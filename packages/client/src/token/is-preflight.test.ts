import { expect, test } from 'vitest'
import { isPreflight } from './is-preflight.ts'

const fields = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' }

function request(method: string, headers: Record<string, string>): Request {
  return new Request('https://api.example.com', { method, headers })
}

test.each([
  ['a preflight as browsers send it', 'OPTIONS', fields],
  ['a preflight that asks for fields', 'OPTIONS', { ...fields, 'access-control-request-headers': 'authorization' }],
  ['a preflight of an opaque origin', 'OPTIONS', { ...fields, origin: 'null' }],
])('recognizes %s (BEAR-21)', (_, method, headers) => {
  expect(isPreflight(request(method, headers))).toBe(true)
})

test.each([
  ['another method', 'GET', fields],
  ['a method that begins like it', 'OPTIONSX', fields],
  ['no Origin', 'OPTIONS', { 'access-control-request-method': 'GET' }],
  ['no Access-Control-Request-Method', 'OPTIONS', { origin: 'https://app.example.com' }],
  ['an empty Origin', 'OPTIONS', { ...fields, origin: '' }],
  ['an empty Access-Control-Request-Method', 'OPTIONS', { ...fields, 'access-control-request-method': '' }],
  ['the method OPTIONS by override', 'POST', { ...fields, 'x-http-method-override': 'OPTIONS' }],
])('does not recognize as a preflight: %s', (_, method, headers) => {
  expect(isPreflight(request(method, headers))).toBe(false)
})

test('compares the method OPTIONS with case', () => {
  const headers = new Headers(fields)
  expect([isPreflight({ method: 'options', headers }), isPreflight({ headers })]).toEqual([false, false])
})
