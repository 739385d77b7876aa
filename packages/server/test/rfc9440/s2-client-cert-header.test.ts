/** RFC 9440, and the header fields of other proxies: a certificate in a header field. */
import { describe, expect, test } from 'vitest'
import { certificateFromHeader, type CertificateFromHeaderOptions } from '../../src/index.ts'
import { ask, readCertificate } from '../asking.ts'
import { createEndpoint, RECORD } from '../endpoint.ts'

const PROXY = '10.0.0.1'
const { der, pem } = readCertificate('orders')
const other = readCertificate('stranger')
const base64 = Buffer.from(der).toString('base64')
const escaped = encodeURIComponent(pem)
/** Escaped as the load balancer of AWS does: `+`, `=` and `/` stay. */
const albEscaped = encodeURI(pem)
/** As Apache sends it: spaces in place of line breaks. */
const spaced = pem.trimEnd().replaceAll('\n', ' ')
const otherBase64 = Buffer.from(other.der).toString('base64')

async function setUp(options: Partial<CertificateFromHeaderOptions>) {
  return await createEndpoint({
    clientAuthentication: {
      methods: ['tls_client_auth'],
      clientCertificate: certificateFromHeader({
        format: 'rfc9440',
        isTrustedProxy: (address) => address === PROXY,
        ...(!('format' in options) || options.format === 'envoy' ? { chainValidated: true } : {}),
        ...options,
      }),
      protectedResources: [
        { id: 'orders-api', audiences: [RECORD.aud], tlsClientAuth: { sanDns: 'orders.example.com' } },
      ],
    },
  })
}

async function statusOf(
  options: Partial<CertificateFromHeaderOptions>,
  headers: Record<string, string>,
  remoteAddress: string | undefined = PROXY,
) {
  const { handler } = await setUp(options)
  const around = remoteAddress === undefined ? { headers } : { headers, remoteAddress }
  return (await ask(handler, { client_id: 'orders-api' }, around)).status
}

const ok = { 'x-ssl-client-verify': 'SUCCESS' }

describe('certificateFromHeader', () => {
  test.each<[string, Partial<CertificateFromHeaderOptions>, Record<string, string>]>([
    ['RFC 9440', {}, { 'client-cert': `:${base64}:` }],
    ['RFC 9440 under another name', { header: 'X-Client-Cert' }, { 'x-client-cert': `:${base64}:` }],
    ['nginx', { format: 'nginx' }, { 'x-ssl-client-cert': escaped, ...ok }],
    [
      'Envoy',
      { format: 'envoy' },
      { 'x-forwarded-client-cert': `Hash=abc;Cert="${escaped}";Subject="CN=a,O=b;c";URI=spiffe://x` },
    ],
    [
      'Envoy behind Envoy',
      { format: 'envoy' },
      { 'x-forwarded-client-cert': `Hash=a;Cert="${encodeURIComponent(other.pem)}",Cert="${escaped}"` },
    ],
    ['Apache', { format: 'apache' }, { ssl_client_cert: spaced, ssl_client_verify: 'SUCCESS' }],
    [
      'Apache under other names',
      { format: 'apache', header: 'X-Cert', verifyHeader: 'X-Verify' },
      { 'x-cert': spaced, 'x-verify': 'SUCCESS' },
    ],
    ['Traefik', { format: 'traefik', chainValidated: true }, { 'x-forwarded-tls-client-cert': base64 }],
    [
      'Traefik, with the chain',
      { format: 'traefik', chainValidated: true },
      { 'x-forwarded-tls-client-cert': `${base64},${otherBase64}` },
    ],
    [
      'a function',
      {
        format: undefined,
        header: 'X-Client-Der',
        parse: (field) => new Uint8Array(Buffer.from(field, 'hex')),
        chainValidated: true,
      },
      { 'x-client-der': Buffer.from(der).toString('hex') },
    ],
    ['a load balancer that validates', { format: 'alb' }, { 'x-amzn-mtls-clientcert-leaf': albEscaped }],
  ])('reads the format of %s (MTLS-07)', async (_, options, headers) => {
    expect(await statusOf(options, headers)).toBe(200)
  })

  test.each<[string, Partial<CertificateFromHeaderOptions>, Record<string, string>]>([
    ['base64 without colons', {}, { 'client-cert': base64 }],
    ['a repeated field', {}, { 'client-cert': `:${base64}:, :${base64}:` }],
    ['a parameter', {}, { 'client-cert': `:${base64}:;a=1` }],
    ['a quoted PEM', {}, { 'client-cert': `"${escaped}"` }],
    ['nothing between the colons', {}, { 'client-cert': '::' }],
    ['broken padding', {}, { 'client-cert': `:${base64.replace(/=+$/, '')}A:` }],
    ['base64url', {}, { 'client-cert': `:${Buffer.from(der).toString('base64url')}-_:` }],
    ['a PEM that is not escaped', { format: 'nginx' }, { 'x-ssl-client-cert': pem, ...ok }],
    ['two escaped PEMs', { format: 'nginx' }, { 'x-ssl-client-cert': escaped + escaped, ...ok }],
    ['a repeated escaped PEM', { format: 'nginx' }, { 'x-ssl-client-cert': `${escaped}, ${escaped}`, ...ok }],
    ['a broken escape', { format: 'nginx' }, { 'x-ssl-client-cert': `${escaped}%zz`, ...ok }],
    [
      'a certificate that nginx did not validate',
      { format: 'nginx' },
      { 'x-ssl-client-cert': escaped, 'x-ssl-client-verify': 'FAILED:self-signed certificate' },
    ],
    [
      'a repeated verification result of nginx',
      { format: 'nginx' },
      { 'x-ssl-client-cert': escaped, 'x-ssl-client-verify': 'SUCCESS, SUCCESS' },
    ],
    ['no verification result of nginx', { format: 'nginx' }, { 'x-ssl-client-cert': escaped }],
    [
      'a certificate that the last Envoy did not add',
      { format: 'envoy' },
      { 'x-forwarded-client-cert': `Cert="${escaped}",Hash=abc` },
    ],
    [
      'a repeated field of Envoy',
      { format: 'envoy' },
      { 'x-forwarded-client-cert': `Cert="${encodeURIComponent(other.pem)}", Cert="${escaped}"` },
    ],
    [
      'two certificates of one Envoy',
      { format: 'envoy' },
      { 'x-forwarded-client-cert': `Cert="${escaped}";Cert="${escaped}"` },
    ],
    [
      'a quoted value that hides an element',
      { format: 'envoy' },
      { 'x-forwarded-client-cert': `Subject="x,Cert=${escaped}"` },
    ],
    [
      'a certificate that Apache did not validate',
      { format: 'apache' },
      { ssl_client_cert: spaced, ssl_client_verify: 'FAILED:self-signed certificate' },
    ],
    [
      'a verification result of nginx in place of that of Apache',
      { format: 'apache' },
      { ssl_client_cert: spaced, ...ok },
    ],
    [
      'what Apache writes without a certificate',
      { format: 'apache' },
      { ssl_client_cert: '(null)', ssl_client_verify: 'SUCCESS' },
    ],
    [
      'a repeated field of Apache',
      { format: 'apache' },
      { ssl_client_cert: `${spaced}, ${spaced}`, ssl_client_verify: 'SUCCESS' },
    ],
    [
      'a repeated field of Traefik',
      { format: 'traefik', chainValidated: true },
      { 'x-forwarded-tls-client-cert': `${base64}, ${base64}` },
    ],
    [
      'a certificate of Traefik that nobody validated',
      { format: 'traefik' },
      { 'x-forwarded-tls-client-cert': base64 },
    ],
    ['a certificate of Azure, which validates no chain', { format: 'azure' }, { 'x-arr-clientcert': base64 }],
    [
      'what a function cannot read',
      {
        format: undefined,
        header: 'X-Client-Der',
        parse: () => {
          throw new Error('not mine')
        },
        chainValidated: true,
      },
      { 'x-client-der': base64 },
    ],
    [
      'a chain that the load balancer did not validate',
      { format: 'alb-passthrough' },
      { 'x-amzn-mtls-clientcert': albEscaped },
    ],
  ])('refuses %s (MTLS-07)', async (_, options, headers) => {
    expect(await statusOf(options, headers)).toBe(401)
  })

  test.each([
    ['from another address', '192.0.2.66'],
    ['from an unknown address', undefined],
  ])('ignores a field %s, and reports it (MTLS-07)', async (_, remoteAddress) => {
    const { handler, events } = await setUp({})
    const headers = { 'client-cert': `:${base64}:`, 'x-forwarded-for': PROXY }
    const around = remoteAddress === undefined ? { headers } : { headers, remoteAddress }
    expect((await ask(handler, { client_id: 'orders-api' }, around)).status).toBe(401)
    await ask(handler, { client_id: 'orders-api' }, around)
    expect(events.filter(({ type }) => type === 'warning')).toEqual([
      { type: 'warning', code: 'forgeable-certificate-header', message: expect.any(String) as string },
    ])
  })

  test('treats the chain as validated only when the proxy or the option says so (MTLS-07)', async () => {
    expect(await statusOf({ chainValidated: false }, { 'client-cert': `:${base64}:` })).toBe(401)
  })

  test('takes Azure as a proxy that validates no chain', () => {
    const resolve = certificateFromHeader({ format: 'azure', isTrustedProxy: () => true })
    const request = { method: 'POST', header: () => base64, readBody: () => '', remoteAddress: () => PROXY }
    expect(resolve(request, () => undefined)).toEqual({ der, chainValidated: false })
  })

  test('reads the certificate of the caller from a forwarded chain', () => {
    const resolve = certificateFromHeader({ format: 'alb-passthrough', isTrustedProxy: () => true })
    const field = encodeURI(pem + other.pem)
    const request = { method: 'POST', header: () => field, readBody: () => '', remoteAddress: () => PROXY }
    expect(resolve(request, () => undefined)).toEqual({ der, chainValidated: false })
  })

  test.each<[string, object, RegExp]>([
    ['no format', { isTrustedProxy: () => true }, /^format: is required/],
    ['an unknown format', { format: 'caddy', isTrustedProxy: () => true }, /^format: must be one of/],
    [
      'a format and a function',
      { format: 'azure', parse: () => undefined, isTrustedProxy: () => true },
      /^format: give/,
    ],
    ['a function without a field', { parse: () => undefined, isTrustedProxy: () => true }, /^header: is required/],
    [
      'an option for nginx with a function',
      { parse: () => undefined, header: 'a', isTrustedProxy: () => true, verifyHeader: 'x' },
      /^verifyHeader: is for nginx/,
    ],
    [
      'the option chainValidated with Azure',
      { format: 'azure', isTrustedProxy: () => true, chainValidated: true },
      /^chainValidated: is for/,
    ],
    ['no trusted proxy', { format: 'rfc9440' }, /^isTrustedProxy: is required/],
    [
      'a list instead of a function',
      { format: 'rfc9440', isTrustedProxy: [PROXY] },
      /^isTrustedProxy: must be a function/,
    ],
    [
      'an option for nginx with another format',
      { format: 'envoy', isTrustedProxy: () => true, verifyHeader: 'x' },
      /^verifyHeader: is for nginx/,
    ],
    [
      'the option chainValidated with nginx',
      { format: 'nginx', isTrustedProxy: () => true, chainValidated: true },
      /^chainValidated: is for/,
    ],
  ])('cannot be created with %s', (_, options, message) => {
    expect(() => certificateFromHeader(options as CertificateFromHeaderOptions)).toThrow(message)
  })
})
