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
    ['apache', pem.trimEnd().replaceAll('\n', ' ')],
    ['traefik', base64],
    ['traefik', `${base64},AAAA,AAA=`],
    ['traefik', `${encodeURIComponent(base64)},AAAA`],
    ['azure', base64],
    ['alb', encodeURI(pem)],
    ['alb-passthrough', encodeURI(`${pem}${pem.replace('MAMC', 'AAAA')}`)],
  ])('reads the DER from a field of %s', (format, field) => {
    expect(parseCertificateHeader(format, field)).toEqual(der)
  })

  test.each(Object.keys(CERTIFICATE_HEADERS) as CertificateHeaderFormat[])(
    'returns undefined for a malformed field of %s',
    (format) => {
      for (const field of [
        '',
        ' ',
        ',',
        ':',
        '::',
        `:${base64}`,
        `${base64}:`,
        `${base64}, ${base64}`,
        `${base64} ${base64}`,
        `"${base64}"`,
        `${base64}=`,
        `,${base64}`,
        `${base64},`,
        `${base64}%2`,
        base64.replace('MA', '*A'),
        `${pem},${pem}`,
        `${pem} ${pem}`,
        `${pem.replaceAll('\n', ' ')}, ${pem.replaceAll('\n', ' ')}`,
        `a ${pem}`,
        '(null)',
        '%',
        '%zz',
        'a=b;',
      ]) {
        expect(parseCertificateHeader(format, field)).toBeUndefined()
      }
    },
  )

  test('takes no base64 for a PEM, and no PEM for base64', () => {
    for (const format of ['nginx', 'apache', 'envoy', 'alb'] as const) {
      expect(parseCertificateHeader(format, base64)).toBeUndefined()
    }
    for (const format of ['rfc9440', 'traefik', 'azure'] as const) {
      expect(parseCertificateHeader(format, pem)).toBeUndefined()
      expect(parseCertificateHeader(format, escaped)).toBeUndefined()
    }
    expect(parseCertificateHeader('azure', `${base64},${base64}`)).toBeUndefined()
    expect(parseCertificateHeader('nginx', pem)).toBeUndefined()
  })

  test.each([
    ['without a line break after its first line', pem.replace('-----\n', '-----')],
    ['without its last line', pem.slice(0, 30)],
    ['with nothing between the first and the last line', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
    ['with its last line first', `-----END CERTIFICATE-----\n${pem}`],
    ['with a character that is not base64', pem.replace('MAMC', 'MA*C')],
    ['with padding inside', pem.replace('MAMC', 'MA==MAMC')],
    ['with text before', `a${pem}`],
    ['with text after', `${pem}a`],
    ['twice', `${pem}${pem}`],
  ])('finds no certificate in a PEM %s', (_, text) => {
    expect(parseCertificateHeader('nginx', encodeURIComponent(text))).toBeUndefined()
  })

  test.each([
    ['line breaks inside the base64', pem.replace('MAMC', 'MA\nMC')],
    ['carriage returns', pem.replaceAll('\n', '\r\n')],
    ['blank lines around it', `\n\n${pem}\n\n`],
    ['no line break before its last line', pem.replace('\n-----END', '-----END')],
  ])('reads a certificate with %s', (_, text) => {
    expect(parseCertificateHeader('nginx', encodeURIComponent(text))).toEqual(der)
  })

  test('knows the field name of every format, in lower case', () => {
    for (const header of Object.values(CERTIFICATE_HEADERS)) expect(header).toMatch(/^[a-z_-]+$/)
  })
})
