import { describe, expect, test } from 'vitest'
import { CERTIFICATE_HEADERS, type CertificateHeaderFormat, parseCertificateHeader } from './certificate-header.ts'

const der = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0xff)
const base64 = 'MAMCAf8='
const pem = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`
const escaped = encodeURIComponent(pem)

describe('parseCertificateHeader', () => {
  test.each<[CertificateHeaderFormat, string]>([
    ['rfc9440', `:${base64}:`],
    ['nginx', escaped],
    ['envoy', `Hash=abc;Cert="${escaped}";Subject="CN=a,O=b;c"`],
    ['alb', encodeURI(pem)],
    ['alb-passthrough', encodeURI(`${pem}${pem.replace('MAMC', 'AAAA')}`)],
  ])('reads the DER out of %s', (format, field) => {
    expect(parseCertificateHeader(format, field)).toEqual(der)
  })

  test.each(Object.keys(CERTIFICATE_HEADERS) as CertificateHeaderFormat[])('reads no nonsense as %s', (format) => {
    for (const field of [
      '',
      ' ',
      ',',
      ':',
      '::',
      `:${base64}`,
      `${base64}:`,
      pem,
      `${pem},${pem}`,
      '%',
      '%zz',
      'a=b;',
    ]) {
      expect(parseCertificateHeader(format, field)).toBeUndefined()
    }
  })

  test.each([
    ['without a line break after its first line', pem.replace('-----\n', '-----')],
    ['without its last line', pem.slice(0, 30)],
    ['with nothing between its lines', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
    ['with its last line first', `-----END CERTIFICATE-----\n${pem}`],
    ['with what is not base64', pem.replace('MAMC', 'MA*C')],
    ['with padding inside', pem.replace('MAMC', 'MA==MAMC')],
    ['with text before', `a${pem}`],
    ['with text behind', `${pem}a`],
    ['twice', `${pem}${pem}`],
  ])('reads no certificate %s', (_, text) => {
    expect(parseCertificateHeader('nginx', encodeURIComponent(text))).toBeUndefined()
  })

  test.each([
    ['lines of its base64', pem.replace('MAMC', 'MA\nMC')],
    ['carriage returns', pem.replaceAll('\n', '\r\n')],
    ['blank lines around', `\n\n${pem}\n\n`],
    ['no line break before its last line', pem.replace('\n-----END', '-----END')],
  ])('reads a certificate with %s', (_, text) => {
    expect(parseCertificateHeader('nginx', encodeURIComponent(text))).toEqual(der)
  })

  test('knows a field for every format, in lower case', () => {
    for (const header of Object.values(CERTIFICATE_HEADERS)) expect(header).toMatch(/^[a-z-]+$/)
  })
})
