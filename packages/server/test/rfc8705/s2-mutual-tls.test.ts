/** RFC 8705 §2: a caller that authenticates with the certificate of its connection. */
import { describe, expect, test } from 'vitest'
import {
  certificateFromSocket,
  type ClientAuthenticationFailedError,
  type Complaint,
  type ProtectedResource,
  type RefusedEvent,
  type TlsClientAuth,
} from '../../src/index.ts'
import { ask, readCertificate } from '../asking.ts'
import { basic, createEndpoint, json, RECORD } from '../endpoint.ts'

const orders = readCertificate('orders')
const wildcard = readCertificate('wildcard')
const selfSigned = readCertificate('self-signed')
const stranger = readCertificate('stranger')
const audiences = [RECORD.aud]

async function endpoint(registered: Partial<ProtectedResource>) {
  const { handler } = await createEndpoint({
    clientAuthentication: {
      methods: ['tls_client_auth', 'self_signed_tls_client_auth', 'client_secret_basic', 'client_secret_post'],
      clientCertificate: certificateFromSocket(),
      protectedResources: [{ id: 'orders-api', audiences, ...registered }],
    },
  })
  return handler
}

async function answerTo(
  registered: Partial<ProtectedResource>,
  der: Uint8Array | undefined,
  { chainValidated = true, clientId = 'orders-api' }: { chainValidated?: boolean; clientId?: string } = {},
) {
  const handler = await endpoint(registered)
  const around = der === undefined ? {} : { certificate: { der, chainValidated } }
  const response = await ask(handler, { client_id: clientId }, around)
  return [response.status, json(response)['error'] ?? json(response)['active']]
}

const taken = [200, true]
const refused = [401, 'invalid_client']

/** The certificate in the JWK of its key, as a caller registers it for `self_signed_tls_client_auth`. */
function withX5c(der: Uint8Array) {
  return { jwks: { keys: [{ kty: 'EC', x5c: [Buffer.from(der).toString('base64')] }] } }
}

describe('tls_client_auth', () => {
  test.each<[string, TlsClientAuth]>([
    ['its distinguished name', { subjectDn: String.raw`CN=orders.example.com,OU=APIs,O=Example\, Inc.,C=NL` }],
    [
      'the name in another case and spacing (MTLS-04)',
      { subjectDn: String.raw`cn=ORDERS.example.com, ou=apis, o=example\2C  inc., c=nl` },
    ],
    [
      'the name by object identifiers (MTLS-04)',
      { subjectDn: String.raw`2.5.4.3=orders.example.com,2.5.4.11=APIs,2.5.4.10=Example\, Inc.,2.5.4.6=NL` },
    ],
    ['its DNS name', { sanDns: 'orders.example.com' }],
    ['its DNS name in another case', { sanDns: 'Orders.Example.COM' }],
    ['its URI', { sanUri: 'https://orders.example.com/api' }],
    ['its IPv6 address', { sanIp: '2001:db8::1' }],
    ['its IPv6 address spelt out (MTLS-04)', { sanIp: '2001:0DB8:0:0:0:0:0:1' }],
    ['its IPv4 address', { sanIp: '192.0.2.1' }],
    ['its mail address', { sanEmail: 'orders@example.com' }],
    ['its mail address with the domain in another case', { sanEmail: 'orders@EXAMPLE.com' }],
  ])('accepts a validated certificate by %s (MTLS-03)', async (_, tlsClientAuth) => {
    expect(await answerTo({ tlsClientAuth }, orders.der)).toEqual(taken)
  })

  test.each<[string, TlsClientAuth]>([
    ['a part of the name', { subjectDn: 'CN=orders.example.com' }],
    [
      'the name in reverse order (MTLS-04)',
      { subjectDn: String.raw`C=NL,O=Example\, Inc.,OU=APIs,CN=orders.example.com` },
    ],
    ['a name with an unescaped comma', { subjectDn: 'CN=orders.example.com,OU=APIs,O=Example,L=Inc.,C=NL' }],
    ['another DNS name', { sanDns: 'invoices.example.com' }],
    ['a DNS name that is the end of its DNS name', { sanDns: 'example.com' }],
    ['the URI with a slash', { sanUri: 'https://orders.example.com/api/' }],
    ['the URI in another case', { sanUri: 'https://ORDERS.example.com/api' }],
    ['another address (MTLS-04)', { sanIp: '2001:db8::2' }],
    ['an address as a DNS name', { sanDns: '192.0.2.1' }],
    ['another local part', { sanEmail: 'Orders@example.com' }],
  ])('refuses %s (MTLS-03)', async (_, tlsClientAuth) => {
    expect(await answerTo({ tlsClientAuth }, orders.der)).toEqual(refused)
  })

  test('does not accept the common name as a DNS name, or a wildcard for the names that it covers (MTLS-03)', async () => {
    expect(await answerTo({ tlsClientAuth: { sanDns: 'invoices.example.com' } }, wildcard.der)).toEqual(refused)
    expect(await answerTo({ tlsClientAuth: { sanDns: '*.example.com' } }, wildcard.der)).toEqual(taken)
  })

  test('refuses a certificate whose chain was not validated (MTLS-03)', async () => {
    const tlsClientAuth = { sanDns: 'orders.example.com' }
    expect(await answerTo({ tlsClientAuth }, selfSigned.der, { chainValidated: false })).toEqual(refused)
    expect(await answerTo({ tlsClientAuth }, orders.der, { chainValidated: false })).toEqual(refused)
  })

  test.each([
    {},
    { sanDns: 'a', sanUri: 'b' },
    { subjectDn: 'orders' },
    { sanIp: 'orders' },
    { sanDns: '' },
    { cn: 'orders' },
  ])('cannot be registered with %j (MTLS-03)', async (tlsClientAuth) => {
    await expect(endpoint({ tlsClientAuth })).rejects.toThrow(
      /^clientAuthentication\.protectedResources\[0\]\.tlsClientAuth/,
    )
  })

  test('refuses a registration with two subject values (MTLS-03)', async () => {
    const { handler } = await createEndpoint({
      clientAuthentication: {
        methods: ['tls_client_auth'],
        clientCertificate: certificateFromSocket(),
        findProtectedResource: (id) => ({
          id,
          audiences,
          tlsClientAuth: { sanDns: 'orders.example.com', sanIp: '192.0.2.9' },
        }),
      },
    })
    const around = { certificate: { der: orders.der, chainValidated: true } }
    expect((await ask(handler, { client_id: 'orders-api' }, around)).status).toBe(401)
  })

  test.each<[string, Uint8Array]>([
    ['octets that are not a certificate', new Uint8Array([1, 2, 3])],
    ['nothing', new Uint8Array()],
    ['octets after the certificate', new Uint8Array([...orders.der, 0])],
  ])('refuses %s (MTLS-02)', async (_, der) => {
    expect(await answerTo({ tlsClientAuth: { sanDns: 'orders.example.com' } }, der)).toEqual(refused)
  })
})

describe('self_signed_tls_client_auth', () => {
  test.each([true, false])(
    'accepts the registered certificate, with the chain validated: %s (MTLS-05)',
    async (chainValidated) => {
      expect(await answerTo(withX5c(selfSigned.der), selfSigned.der, { chainValidated })).toEqual(taken)
    },
  )

  test('refuses another certificate with the same names (MTLS-05)', async () => {
    expect(await answerTo(withX5c(selfSigned.der), stranger.der)).toEqual(refused)
  })

  test('refuses a certificate when only its key is registered (MTLS-05)', async () => {
    const { createPublicKey } = await import('node:crypto')
    const jwk = createPublicKey(selfSigned.pem).export({ format: 'jwk' }) as { kty: string }
    expect(await answerTo({ jwks: { keys: [jwk] } }, selfSigned.der)).toEqual(refused)
  })

  test('compares only the first certificate of x5c (MTLS-05)', async () => {
    const x5c = [stranger.der, selfSigned.der].map((der) => Buffer.from(der).toString('base64'))
    expect(await answerTo({ jwks: { keys: [{ kty: 'EC', x5c }] } }, selfSigned.der)).toEqual(refused)
  })
})

describe('both', () => {
  const registered = { tlsClientAuth: { sanDns: 'orders.example.com' } }

  test('refuse a client_id without a certificate (MTLS-02)', async () => {
    expect(await answerTo(registered, undefined)).toEqual(refused)
  })

  test('refuse the certificate of another caller (MTLS-02)', async () => {
    expect(await answerTo(registered, wildcard.der)).toEqual(refused)
    expect(await answerTo(registered, orders.der, { clientId: 'nobody' })).toEqual(refused)
    expect(await answerTo({ clientSecrets: ['s'] }, orders.der)).toEqual(refused)
  })

  test('refuse a certificate without client_id (MTLS-02)', async () => {
    const handler = await endpoint(registered)
    const response = await ask(handler, {}, { certificate: { der: orders.der, chainValidated: true } })
    expect([response.status, json(response)['error']]).toEqual(refused)
  })

  test('neither replace a secret nor prevent one (MTLS-02)', async () => {
    const handler = await endpoint({ ...registered, clientSecrets: ['s3cr3t'] })
    const around = { certificate: { der: orders.der, chainValidated: true } }
    const bad = { ...around, headers: { authorization: basic('orders-api', 'wrong') } }
    const good = { ...around, headers: { authorization: basic('orders-api', 's3cr3t') } }
    expect((await ask(handler, {}, bad)).status).toBe(401)
    expect((await ask(handler, {}, good)).status).toBe(200)
  })

  test.each(['tls_client_auth', 'self_signed_tls_client_auth'] as const)(
    '%s needs the option clientCertificate',
    async (method) => {
      await expect(createEndpoint({ clientAuthentication: { methods: [method] } })).rejects.toThrow(
        `clientAuthentication.methods: ${method} needs clientAuthentication.clientCertificate`,
      )
    },
  )
})

describe('the event about a refused certificate', () => {
  const sanDns = { sanDns: 'invoices.example.com' }

  test.each<[string, Partial<ProtectedResource>, Uint8Array, boolean, string, Partial<Complaint>]>([
    [
      'an unknown caller',
      {},
      orders.der,
      true,
      'nobody',
      { rule: 'client_id', got: 'an identifier that is not registered' },
    ],
    [
      'another subject',
      { tlsClientAuth: sanDns },
      orders.der,
      true,
      'orders-api',
      {
        rule: 'tlsClientAuth',
        got: expect.stringContaining('"orders.example.com"') as string,
        expected: '{"sanDns":"invoices.example.com"} of "orders-api"',
      },
    ],
    [
      'a chain that was not validated',
      { tlsClientAuth: sanDns },
      orders.der,
      false,
      'orders-api',
      { rule: 'chain', remedy: expect.stringContaining('chainValidated') as string },
    ],
    [
      'a certificate that cannot be read',
      { tlsClientAuth: sanDns },
      new Uint8Array(3),
      true,
      'orders-api',
      { got: 'a certificate that cannot be read' },
    ],
    [
      'another self-signed certificate',
      withX5c(selfSigned.der),
      stranger.der,
      false,
      'orders-api',
      { rule: 'x5c', expected: 'the first element of x5c of a key of "orders-api" in its jwks' },
    ],
    ['no registration', { clientSecrets: ['s'] }, orders.der, true, 'orders-api', { rule: 'registration' }],
  ])('about %s', async (_, registered, der, chainValidated, clientId, complaint) => {
    const { handler, events } = await createEndpoint({
      clientAuthentication: {
        methods: ['tls_client_auth', 'self_signed_tls_client_auth', 'client_secret_basic'],
        clientCertificate: certificateFromSocket(),
        protectedResources: [
          {
            id: 'orders-api',
            audiences,
            ...(Object.keys(registered).length === 0 ? { clientSecrets: ['s'] } : registered),
          },
        ],
      },
    })
    const response = await ask(handler, { client_id: clientId }, { certificate: { der, chainValidated } })
    expect([response.status, json(response)]).toEqual([401, { error: 'invalid_client' }])
    const { error } = events.find(({ type }) => type === 'refused') as RefusedEvent
    expect((error as ClientAuthenticationFailedError).complaint).toMatchObject(complaint)
    expect(error.message).toMatch(/^client certificate: [\w ]+: got .*, expected .*\. \w/)
  })
})
