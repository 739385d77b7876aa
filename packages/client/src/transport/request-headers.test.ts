import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import { resolveRequestHeaders } from './request-headers.ts'

const resolve = (headers: unknown) => resolveRequestHeaders(new OptionGroup('transport', { headers }, ['headers']))

describe('resolveRequestHeaders', () => {
  test('names the client software by default', () => {
    expect(resolve(undefined)).toEqual({ 'user-agent': 'token-introspection-client' })
  })

  test('adds fields in lower case, and allows another user-agent', () => {
    expect(resolve({ 'X-Gateway-Key': 'orders, 5', 'User-Agent': 'orders/1.0 (prod)' })).toEqual({
      'x-gateway-key': 'orders, 5',
      'user-agent': 'orders/1.0 (prod)',
    })
  })

  test.each([
    'authorization',
    'Authorization',
    'content-type',
    'HOST',
    'content-length',
    'transfer-encoding',
    'dpop',
    'accept',
  ])('refuses %s, which another option sets', (name) => {
    expect(() => resolve({ [name]: 'x' })).toThrow(`transport.headers.${name}: is set by another option`)
  })

  test.each(['', 'a b', 'a:b', 'a\r\nb', 'ä'])('refuses %j as a name', (name) => {
    expect(() => resolve({ [name]: 'x' })).toThrow(/^transport\.headers\..*: is not a name of a header field/s)
  })

  test.each(['a\r\nauthorization: Basic eDp5', 'a\nb', 'a\0', ' a', 'a ', 'ä', '\t'])(
    'refuses %j as a value',
    (value) => {
      expect(() => resolve({ 'x-a': value })).toThrow('transport.headers.x-a: must be visible ASCII characters')
    },
  )

  test.each([['', 5, null, ['a']]])('refuses a value that is not a string', (value) => {
    expect(() => resolve({ 'x-a': value })).toThrow('transport.headers.x-a: must be a non-empty string')
  })

  test('refuses one field in two spellings, and a value that is not an object', () => {
    expect(() => resolve({ 'X-A': '1', 'x-a': '2' })).toThrow('transport.headers.X-A: appears twice')
    expect(() => resolve('x-a: 1')).toThrow('transport.headers: must be an object')
  })
})
