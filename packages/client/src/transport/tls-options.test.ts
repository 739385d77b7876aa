import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import { resolveTls } from './tls-options.ts'

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'

function resolve(tls: unknown) {
  return resolveTls(new OptionGroup('transport', { tls }, ['tls']))
}

describe('resolveTls', () => {
  test('is nothing when nothing was given', () => {
    expect(resolve(undefined)).toBeUndefined()
  })

  test('takes text and octets, and has only what was given', () => {
    expect(resolve({ ca: [Buffer.from(pem), pem] })).toEqual({ ca: [pem, pem] })
    expect(resolve({ cert: pem, key: new TextEncoder().encode(pem), passphrase: 'x' })).toEqual({
      cert: pem,
      key: pem,
      passphrase: 'x',
    })
  })

  test.each([
    ['verification that is turned off', { rejectUnauthorized: false }, /^transport.tls.rejectUnauthorized: /],
    ['a certificate without key', { cert: pem }, /^transport.tls.cert: /],
    ['a key without certificate', { key: pem }, /^transport.tls.cert: /],
    ['the name of a file', { ca: 'ca.pem' }, /^transport.tls.ca: /],
    ['a list with something else', { ca: [pem, 5] }, /^transport.tls.ca: /],
    ['an empty passphrase', { passphrase: '' }, /^transport.tls.passphrase: /],
    ['what is no group', true, /^transport.tls: /],
  ])('refuses %s', (_, tls, message) => {
    expect(() => resolve(tls)).toThrow(TypeError)
    expect(() => resolve(tls)).toThrow(message)
  })
})
