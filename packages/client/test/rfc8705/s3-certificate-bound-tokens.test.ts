/** RFC 8705 §3: a guard and tokens that are bound to a client's certificate. */
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  type CertificateHeaderOptions,
  clientSecretBasic,
  type GuardRequest,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test, vi } from 'vitest'
import { createProver, NOW, ORIGIN, outcomeOf, refusalOf, TOKEN } from '../dpop-api.ts'

const fixtures = new URL('../../../server/test/fixtures/certificates/', import.meta.url)

function readCertificate(name: string) {
  const pem = readFileSync(new URL(`${name}.pem`, fixtures), 'utf8')
  const der = new Uint8Array(new X509Certificate(pem).raw)
  return { pem, der, thumbprint: createHash('sha256').update(der).digest('base64url') }
}

const own = readCertificate('orders')
const other = readCertificate('stranger')
const selfSigned = readCertificate('self-signed')
const bound = { 'x5t#S256': own.thumbprint }

type Certificate = true | CertificateHeaderOptions

function createGuard(cnf: object | undefined = bound, certificate: Certificate | undefined = true, more: object = {}) {
  const options: IntrospectionClientOptions = {
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: { fetch: () => Promise.resolve(Response.json({ active: true, cnf })) },
    policy: { certificate, dpop: { origin: ORIGIN } },
    now: () => NOW * 1000,
    ...more,
  }
  return new IntrospectionClient(options).guard({ audience: false })
}

function bearing(more: Partial<GuardRequest> = {}, fields: Record<string, string> = {}): GuardRequest {
  return {
    method: 'GET',
    url: '/orders',
    headers: new Headers({ authorization: `Bearer ${TOKEN}`, ...fields }),
    ...more,
  }
}

describe('a token bound to a certificate', () => {
  test('passes on the connection of its client (CERT-03)', async () => {
    expect(await createGuard()(bearing({ clientCertificate: own.der }))).toMatchObject({ allowed: true, headers: {} })
  })

  test('is compared with the SHA-256 of the DER in base64url (CERT-02)', async () => {
    expect(own.thumbprint).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const request = bearing({ clientCertificate: Buffer.from(own.der) })
    expect(outcomeOf(await createGuard()(request))).toBe('allowed')
    const pem = bearing({ clientCertificate: new TextEncoder().encode(own.pem) })
    expect(outcomeOf(await createGuard()(pem))).toBe('confirmation')
  })

  test('is compared with the certificate in RFC 8705 appendix A (CERT-02)', async () => {
    const der = Buffer.from(
      'MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAxODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwIDSQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOVbUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=',
      'base64',
    )
    const guard = createGuard({ 'x5t#S256': 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0' })
    expect(outcomeOf(await guard(bearing({ clientCertificate: der })))).toBe('allowed')
  })

  test('is refused with 401 and invalid_token on the connection of another client (CERT-03)', async () => {
    const refusal = refusalOf(await createGuard()(bearing({ clientCertificate: other.der })))
    expect(refusal).toMatchObject({ reason: 'confirmation', status: 401 })
    expect(parseChallenges(refusal.headers['www-authenticate'] ?? '')).toMatchObject([
      { scheme: 'Bearer', parameters: { error: 'invalid_token' } },
      { scheme: 'DPoP' },
    ])
  })

  test.each<[string, GuardRequest['clientCertificate']]>([
    ['has no certificate', undefined],
    ['returns no certificate when asked', () => undefined],
    ['has an empty certificate', new Uint8Array()],
  ])('is refused on a connection that %s (CERT-04)', async (_, clientCertificate) => {
    expect(outcomeOf(await createGuard()(bearing({ clientCertificate })))).toBe('confirmation')
  })

  test('is refused from a web Request, which has no connection (CERT-04)', async () => {
    const request = new Request(ORIGIN, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(outcomeOf(await createGuard()(request))).toBe('confirmation')
  })

  test('is refused when the client does not compare certificates (CERT-03)', async () => {
    const guard = createGuard(bound, undefined, { policy: {} })
    expect(outcomeOf(await guard(bearing({ clientCertificate: own.der })))).toBe('confirmation')
  })

  test('may be bound to a self-signed certificate (CERT-05)', async () => {
    const guard = createGuard({ 'x5t#S256': selfSigned.thumbprint })
    expect(outcomeOf(await guard(bearing({ clientCertificate: selfSigned.der })))).toBe('allowed')
  })

  test('is compared every time, also when the answer is cached (CERT-03)', async () => {
    const guard = createGuard(bound, true, { cache: {} })
    for (const [certificate, expected] of [
      [own, 'allowed'],
      [other, 'confirmation'],
      [own, 'allowed'],
    ] as const) {
      expect(outcomeOf(await guard(bearing({ clientCertificate: certificate.der })))).toBe(expected)
    }
  })

  test('must be octets; anything else is a TypeError', async () => {
    const request = bearing({ clientCertificate: own.pem as never })
    await expect(createGuard()(request)).rejects.toThrow(TypeError)
  })
})

describe('a certificate', () => {
  test('is not read for an unbound token', async () => {
    const clientCertificate = vi.fn(() => own.der)
    const guard = createGuard(undefined, true, {
      transport: { fetch: () => Promise.resolve(Response.json({ active: true })) },
    })
    expect(outcomeOf(await guard(bearing({ clientCertificate })))).toBe('allowed')
    expect(clientCertificate).not.toHaveBeenCalled()
    expect(outcomeOf(await createGuard()(bearing({ clientCertificate })))).toBe('allowed')
    expect(clientCertificate).toHaveBeenCalledTimes(1)
  })

  test('is not enough for a token that is also bound to a key, and the key alone is not enough either (CERT-08)', async () => {
    const [prover, thief] = [await createProver(), await createProver()]
    const guard = createGuard({ ...bound, jkt: prover.jkt })
    const present = async (clientCertificate: Uint8Array | undefined, proof: string | undefined, scheme = 'DPoP') =>
      outcomeOf(
        await guard(
          bearing({ clientCertificate }, { authorization: `${scheme} ${TOKEN}`, ...(proof && { dpop: proof }) }),
        ),
      )
    expect(await present(own.der, await prover.prove())).toBe('allowed')
    expect(await present(other.der, await prover.prove())).toBe('confirmation')
    expect(await present(undefined, await prover.prove())).toBe('confirmation')
    expect(await present(own.der, await thief.prove())).toBe('proof')
    expect(await present(own.der, undefined)).toBe('proof')
    expect(await present(own.der, undefined, 'Bearer')).toBe('confirmation')
  })

  test.each([
    ['in hexadecimal', createHash('sha256').update(own.der).digest('hex')],
    ['with padding', `${own.thumbprint}=`],
    ['in base64', createHash('sha256').update(own.der).digest('base64')],
    ['of SHA-1', createHash('sha1').update(own.der).digest('base64url')],
    ['that is empty', ''],
  ])('is never compared with a thumbprint %s (CERT-02)', async (_, thumbprint) => {
    const decision = await createGuard({ 'x5t#S256': thumbprint })(bearing({ clientCertificate: own.der }))
    expect(decision.allowed).toBe(false)
  })
})

const PROXY = '10.0.0.1'
const base64 = Buffer.from(own.der).toString('base64')
const escaped = encodeURIComponent(own.pem)

async function behindProxy(
  options: Partial<CertificateHeaderOptions>,
  fields: Record<string, string>,
  remoteAddress: GuardRequest['remoteAddress'] = PROXY,
  more: Partial<GuardRequest> = {},
): Promise<string> {
  const guard = createGuard(bound, { format: 'rfc9440', isTrustedProxy, ...options })
  return outcomeOf(await guard(bearing({ remoteAddress, ...more }, fields)))
}

function unreadable(): never {
  throw new Error('not mine')
}

describe('a certificate in a header field', () => {
  test.each<[string, Partial<CertificateHeaderOptions>, Record<string, string>]>([
    ['RFC 9440', {}, { 'client-cert': `:${base64}:` }],
    ['another field name', { header: 'X-Client-Cert' }, { 'x-client-cert': `:${base64}:` }],
    ['nginx', { format: 'nginx' }, { 'x-ssl-client-cert': escaped }],
    ['Envoy', { format: 'envoy' }, { 'x-forwarded-client-cert': `Hash=abc;Cert="${escaped}";Subject="CN=a"` }],
    ['Apache', { format: 'apache' }, { ssl_client_cert: own.pem.trimEnd().replaceAll('\n', ' ') }],
    ['Traefik', { format: 'traefik' }, { 'x-forwarded-tls-client-cert': base64 }],
    [
      'Traefik, with the chain of the client',
      { format: 'traefik' },
      { 'x-forwarded-tls-client-cert': `${base64},${Buffer.from(other.der).toString('base64')}` },
    ],
    ['Azure App Service', { format: 'azure' }, { 'x-arr-clientcert': base64 }],
    [
      'a function',
      { format: undefined, header: 'X-Client-Der', parse: (field) => new Uint8Array(Buffer.from(field, 'hex')) },
      { 'x-client-der': Buffer.from(own.der).toString('hex') },
    ],
    ['a load balancer', { format: 'alb' }, { 'x-amzn-mtls-clientcert-leaf': encodeURI(own.pem) }],
    [
      'a load balancer that does not validate',
      { format: 'alb-passthrough' },
      { 'x-amzn-mtls-clientcert': encodeURI(`${own.pem}${other.pem}`) },
    ],
  ])('is read in the form of %s (MTLS-07)', async (_, options, fields) => {
    expect(await behindProxy(options, fields)).toBe('allowed')
  })

  test.each<[string, GuardRequest['remoteAddress'], string]>([
    ['the proxy', () => PROXY, 'allowed'],
    ['the proxy, on a server for IPv4 and IPv6', `::ffff:${PROXY}`, 'allowed'],
    ['another address', '203.0.113.9', 'confirmation'],
    ["an address that looks like the proxy's", `${PROXY}.evil.example`, 'confirmation'],
    ['nowhere', () => undefined, 'confirmation'],
  ])('counts when it comes from %s (MTLS-07)', async (_, address, expected) => {
    expect(await behindProxy({}, { 'client-cert': `:${base64}:` }, address)).toBe(expected)
  })

  test('does not count when the address is unknown (MTLS-07)', async () => {
    const guard = createGuard(bound, { format: 'rfc9440', isTrustedProxy: () => true })
    expect(outcomeOf(await guard(bearing({}, { 'client-cert': `:${base64}:` })))).toBe('confirmation')
    const promising = { isTrustedProxy: (() => Promise.resolve(false)) as never }
    expect(await behindProxy(promising, { 'client-cert': `:${base64}:` })).toBe('confirmation')
  })

  test('is ignored when the client reads connections, and the other way round (CERT-06, MTLS-07)', async () => {
    const fields = { 'client-cert': `:${base64}:`, 'x-forwarded-client-cert': `Cert="${escaped}"` }
    const ofConnection = createGuard()
    const request = bearing({ clientCertificate: other.der, remoteAddress: PROXY }, fields)
    expect(outcomeOf(await ofConnection(request))).toBe('confirmation')
    expect(await behindProxy({}, {}, PROXY, { clientCertificate: own.der })).toBe('confirmation')
    // The proxy sends its own certificate on the connection.
    expect(await behindProxy({}, { 'client-cert': `:${base64}:` }, PROXY, { clientCertificate: other.der })).toBe(
      'allowed',
    )
  })

  test.each<[string, Partial<CertificateHeaderOptions>, Record<string, string>]>([
    ['of another client', {}, { 'client-cert': `:${Buffer.from(other.der).toString('base64')}:` }],
    ['that is repeated', {}, { 'client-cert': `:${base64}:, :${base64}:` }],
    ['without colons', {}, { 'client-cert': base64 }],
    ['that is empty', {}, { 'client-cert': '::' }],
    ['in another format', {}, { 'client-cert': escaped }],
    ['in another field', {}, { 'x-ssl-client-cert': escaped }],
    ['with two certificates', { format: 'nginx' }, { 'x-ssl-client-cert': escaped + escaped }],
    [
      'with an element that a caller of the proxy added',
      { format: 'envoy' },
      { 'x-forwarded-client-cert': `Cert="${escaped}",Hash=a` },
    ],
    [
      'with the chain of another client',
      { format: 'traefik' },
      { 'x-forwarded-tls-client-cert': `${Buffer.from(other.der).toString('base64')},${base64}` },
    ],
    ['that Traefik did not write', { format: 'traefik' }, { 'x-forwarded-tls-client-cert': `${base64}, ${base64}` }],
    ['that Apache says is absent', { format: 'apache' }, { ssl_client_cert: '(null)' }],
    ['that a function cannot read', { format: undefined, header: 'x-a', parse: unreadable }, { 'x-a': base64 }],
    ['with only a hash', { format: 'envoy' }, { 'x-forwarded-client-cert': `Hash=${own.thumbprint}` }],
  ])('is refused %s (MTLS-07)', async (_, options, fields) => {
    expect(await behindProxy(options, fields)).toBe('confirmation')
  })
})

const header = 'x-client-cert'

function isTrustedProxy(address: string): boolean {
  return address === PROXY
}

/** The detail of the refusal, which is also that of the event, and never in the response. */
async function detailOf(
  certificate: Certificate | undefined,
  request: Partial<GuardRequest> = {},
  fields: Record<string, string> = {},
): Promise<string | undefined> {
  const events: IntrospectionClientEvent[] = []
  const policy = certificate === undefined ? {} : { certificate }
  const onEvent = (event: IntrospectionClientEvent) => events.push(event)
  const guard = createGuard(bound, undefined, { policy, onEvent })
  const refusal = refusalOf(await guard(bearing({ remoteAddress: PROXY, ...request }, fields)))
  const [event] = events.filter(({ type }) => type === 'guarded')
  expect(event).toMatchObject({ allowed: false, reason: 'confirmation', detail: refusal.detail })
  expect(refusal.body + JSON.stringify(refusal.headers)).not.toContain(refusal.detail)
  return refusal.detail
}

describe('the event of a refused token says', () => {
  test('that the connection has no certificate (CERT-04)', async () => {
    const expected =
      'the token is bound to a certificate, and the connection has no client certificate: the server has to ask for one'
    expect(await detailOf(true)).toContain(expected)
  })

  test('that the field of the proxy is absent (CERT-04)', async () => {
    const options = { format: 'nginx', header, isTrustedProxy } as const
    const expected = `the token is bound to a certificate, and the request has no certificate in the field ${header}: the proxy`
    expect(await detailOf(options)).toContain(expected)
    expect(await detailOf({ ...options, format: 'apache' }, {}, { [header]: '(null)' })).toContain(expected)
  })

  test('that the sender of the field is not trusted (MTLS-07)', async () => {
    const options = { format: 'azure', header, isTrustedProxy } as const
    expect(await detailOf(options, { remoteAddress: '203.0.113.9' }, { [header]: base64 })).toBe(
      'the token is bound to a certificate, and policy.certificate.isTrustedProxy does not trust the sender of the field ' +
        header,
    )
  })

  test('that the field has something else in it, and not what (MTLS-07)', async () => {
    const fields = { [header]: 'not one!' }
    const expected = `the token is bound to a certificate, and the field ${header} has 8 characters that are not one certificate as`
    expect(await detailOf({ format: 'azure', header, isTrustedProxy }, {}, fields)).toBe(`${expected} azure writes it`)
    const blind = { parse: () => undefined, header, isTrustedProxy }
    expect(await detailOf(blind, {}, fields)).toBe(`${expected} parse reads it`)
  })

  test('that the certificate is another one (CERT-03)', async () => {
    expect(await detailOf(true, { clientCertificate: other.der })).toBe(
      'the request has another certificate than the one that the token is bound to',
    )
  })

  test('that the client compares no certificates (CERT-04)', async () => {
    expect(await detailOf(undefined, { clientCertificate: own.der })).toBe(
      'the token is bound to a certificate, and the client has no option policy.certificate',
    )
  })
})

test('a function that returns something other than octets is a TypeError', async () => {
  const options = { parse: () => own.pem as never, header: 'x-a', isTrustedProxy: () => true }
  const guard = createGuard(bound, options)
  await expect(guard(bearing({ remoteAddress: PROXY }, { 'x-a': 'b' }))).rejects.toThrow(
    'policy.certificate.parse: must return a Uint8Array',
  )
})
