import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import { resolveRequestHeaders } from './request-headers.ts'

const resolve = (headers: unknown) => resolveRequestHeaders(new OptionGroup('transport', { headers }, ['headers']))

describe('resolveRequestHeaders', () => {
  test('says what sends the request, where nothing else is wanted', () => {
    expect(resolve(undefined)).toEqual({ 'user-agent': 'token-introspection-client' })
  })

  test('adds fields in lower case, and lets the name be another', () => {
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
  ])('refuses %s, which is set by other means', (name) => {
    expect(() => resolve({ [name]: 'x' })).toThrow(`transport.headers.${name}: is set by other means`)
  })

  test.each(['', 'a b', 'a:b', 'a\r\nb', 'ä'])('refuses %j as a name', (name) => {
    expect(() => resolve({ [name]: 'x' })).toThrow(/^transport\.headers\..*: is no name of a header field/s)
  })

  test.each(['a\r\nauthorization: Basic eDp5', 'a\nb', 'a\0', ' a', 'a ', 'ä', '\t'])(
    'refuses %j as a value',
    (value) => {
      expect(() => resolve({ 'x-a': value })).toThrow('transport.headers.x-a: must be visible ASCII characters')
    },
  )

  test.each([['', 5, null, ['a']]])('refuses a value that is no text', (value) => {
    expect(() => resolve({ 'x-a': value })).toThrow('transport.headers.x-a: must be a non-empty string')
  })

  test('refuses one field under two spellings, and what is no object', () => {
    expect(() => resolve({ 'X-A': '1', 'x-a': '2' })).toThrow('transport.headers.X-A: stands twice')
    expect(() => resolve('x-a: 1')).toThrow('transport.headers: must be an object')
  })
})
