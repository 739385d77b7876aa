import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import { resolveTls } from './tls-options.ts'

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'

function resolve(tls: unknown) {
  return resolveTls(new OptionGroup('transport', { tls }, ['tls']))
}

describe('resolveTls', () => {
  test('is undefined without the option', () => {
    expect(resolve(undefined)).toBeUndefined()
  })

  test('accepts text and octets, and has only the given options', () => {
    expect(resolve({ ca: [Buffer.from(pem), pem] })).toEqual({ ca: [pem, pem] })
    expect(resolve({ cert: pem, key: new TextEncoder().encode(pem), passphrase: 'x' })).toEqual({
      cert: pem,
      key: pem,
      passphrase: 'x',
    })
  })

  test.each([
    [
      'an option that would turn verification off',
      { rejectUnauthorized: false },
      /^transport.tls.rejectUnauthorized: /,
    ],
    ['a certificate without key', { cert: pem }, /^transport.tls.cert: /],
    ['a key without certificate', { key: pem }, /^transport.tls.cert: /],
    ['the name of a file', { ca: 'ca.pem' }, /^transport.tls.ca: /],
    ['a list with another value', { ca: [pem, 5] }, /^transport.tls.ca: /],
    ['an empty passphrase', { passphrase: '' }, /^transport.tls.passphrase: /],
    ['a group that is not an object', true, /^transport.tls: /],
  ])('refuses %s', (_, tls, message) => {
    expect(() => resolve(tls)).toThrow(TypeError)
    expect(() => resolve(tls)).toThrow(message)
  })
})
