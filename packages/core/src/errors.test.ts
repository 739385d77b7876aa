import { describe, expect, test } from 'vitest'
import type * as errors from './errors.ts'
import {
  IntrospectionError,
  isIntrospectionError,
  messageOf,
  RequestInvalidError,
  ResponseMalformedError,
} from './errors.ts'

describe('IntrospectionError', () => {
  test.each([
    ['RequestInvalidError', RequestInvalidError, 'ERR_REQUEST_INVALID'],
    ['ResponseMalformedError', ResponseMalformedError, 'ERR_RESPONSE_MALFORMED'],
  ] as const)('%s carries its code, its name and its cause, and is not retryable', (name, Class, code) => {
    const cause = new Error('why')
    const error = new Class('what', { cause })
    expect(error).toBeInstanceOf(IntrospectionError)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code, name, cause, message: `what [${code}]`, retryable: false })
    expect(messageOf(error)).toBe('what')
    expect(error.stack).toMatch(`${name}: what [${code}]`)
  })

  test('has the name that its code says, also when a bundler has renamed its class', () => {
    class t extends IntrospectionError {
      static readonly code = 'ERR_TOKEN_TOO_LONG'
      readonly code = t.code
      readonly retryable = false
    }
    const error = new t('what')
    expect(error.name).toBe('TokenTooLongError')
    expect(error.stack).toMatch('TokenTooLongError: what [ERR_TOKEN_TOO_LONG]')
    expect(String(error)).toBe('TokenTooLongError: what [ERR_TOKEN_TOO_LONG]')
  })

  test('a subclass of a subclass has its own name', () => {
    class VaultDownError extends RequestInvalidError {}
    expect(new VaultDownError().name).toBe('VaultDownError')
  })

  test('a subclass of the caller keeps its own name and message', () => {
    class StoreDownError extends IntrospectionError {
      readonly code = 'ERR_STORE_DOWN'
      readonly retryable = true
    }
    expect(new StoreDownError('down')).toMatchObject({
      name: 'StoreDownError',
      code: 'ERR_STORE_DOWN',
      message: 'down',
    })
  })
})

describe('isIntrospectionError', () => {
  test("two copies of the package recognise each other's errors, which instanceof cannot do", async () => {
    const url = new URL('./errors.ts?copy', import.meta.url).href
    const copy = (await import(/* @vite-ignore */ url)) as typeof errors
    expect(copy.RequestInvalidError).not.toBe(RequestInvalidError)

    const theirs = new copy.RequestInvalidError('theirs')
    expect(theirs).not.toBeInstanceOf(IntrospectionError)
    expect(isIntrospectionError(theirs)).toBe(true)
    expect(copy.isIntrospectionError(new ResponseMalformedError('ours'))).toBe(true)
  })

  test.each([
    ['another error', new TypeError('no')],
    [
      'an object with the members of an error',
      { code: 'ERR_REQUEST_INVALID', retryable: false, name: 'RequestInvalidError' },
    ],
    ['a string', 'ERR_REQUEST_INVALID'],
    ['null', null],
    ['undefined', undefined],
    ['a function', RequestInvalidError],
  ])('refuses %s', (_, value) => {
    expect(isIntrospectionError(value)).toBe(false)
  })
})
