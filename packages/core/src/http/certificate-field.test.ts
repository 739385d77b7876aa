import { describe, expect, test, vi } from 'vitest'
import { OptionGroup } from '../options/option-group.ts'
import {
  CERTIFICATE_FIELD_OPTIONS,
  type CertificateFieldOptions,
  resolveCertificateField,
} from './certificate-field.ts'

const PROXY = '10.0.0.1'
const der = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0xff)
const base64 = 'MAMCAf8='

function isTrustedProxy(address: string): boolean {
  return address === PROXY
}

function resolve(options: Partial<CertificateFieldOptions>) {
  return resolveCertificateField(new OptionGroup('group', { isTrustedProxy, ...options }, CERTIFICATE_FIELD_OPTIONS))
}

function kindOf(
  options: Partial<CertificateFieldOptions>,
  field: string | null | undefined,
  address: string | undefined = PROXY,
) {
  return resolve(options).find(field, () => address).kind
}

describe('resolveCertificateField', () => {
  test('finds the certificate in the field of a trusted proxy', () => {
    expect(resolve({ format: 'azure' }).find(base64, () => PROXY)).toEqual({ kind: 'certificate', der })
    expect(resolve({ format: 'azure' }).find(base64, () => `::FFFF:${PROXY}`)).toEqual({ kind: 'certificate', der })
  })

  test.each([
    ['azure', undefined],
    ['azure', null],
    ['azure', ''],
    ['apache', '(null)'],
  ] as const)('finds nothing in the format %s for %o, and asks for no address', (format, field) => {
    const addressOf = vi.fn(() => PROXY)
    expect(resolve({ format }).find(field, addressOf)).toEqual({ kind: 'absent' })
    expect(addressOf).not.toHaveBeenCalled()
  })

  test('does not read the field of another sender, or of an unknown one', () => {
    const parse = vi.fn(() => der)
    const own = { parse, header: 'x-cert' }
    for (const address of ['203.0.113.9', `${PROXY}.evil.example`, ''])
      expect(kindOf(own, 'a', address)).toBe('untrusted')
    expect(resolve(own).find('a', () => undefined)).toEqual({ kind: 'untrusted' })
    const promising = (() => Promise.resolve(true)) as never
    expect(kindOf({ ...own, isTrustedProxy: promising }, 'a')).toBe('untrusted')
    expect(parse).not.toHaveBeenCalled()
  })

  test.each<[string, Partial<CertificateFieldOptions>]>([
    ['the format is another', { format: 'nginx' }],
    ['a function returns undefined', { parse: () => undefined }],
    ['a function returns null', { parse: () => null as never }],
    ['a function returns no octets', { parse: () => new Uint8Array() }],
    [
      'a function throws',
      {
        parse: () => {
          throw new Error('not mine')
        },
      },
    ],
  ])('calls a field unreadable when %s', (_, options) => {
    expect(kindOf({ header: 'x-cert', ...options }, base64)).toBe('unreadable')
  })

  test.each([['text'], [Promise.resolve(der)], [new ArrayBuffer(2)]])('refuses %o from a function', (returned) => {
    expect(() => kindOf({ header: 'x-cert', parse: () => returned as never }, base64)).toThrow(
      'group.parse: must return a Uint8Array or undefined',
    )
  })

  test('has the name of the field in lower case', () => {
    expect(resolve({ format: 'traefik' }).header).toBe('x-forwarded-tls-client-cert')
    expect(resolve({ format: 'traefik', header: 'X-Cert' }).header).toBe('x-cert')
  })
})
