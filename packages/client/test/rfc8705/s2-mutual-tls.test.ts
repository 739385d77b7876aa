/** Mutual TLS on real connections, against this project's authorization server. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  type ClientAuthentication,
  clientSecretBasic,
  IntrospectionClient,
  selfSignedTlsClientAuth,
  type TlsOptions,
  tlsClientAuth,
} from '@token-introspection/client'
import { certificateFromSocket, createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCertificate } from '../certificates.ts'

const issuer = 'https://as.example.com'
const fixtures = new URL('../../../server/test/fixtures/certificates/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, fixtures), 'utf8')
const ca = read('authority.pem')
const certificateOf = (name: string): TlsOptions => ({ cert: read(`${name}.pem`), key: read(`${name}.key.pem`), ca })
const selfSigned = read('self-signed.pem').replaceAll(/-----.*?-----|\s/g, '')

const store = createMemoryTokenStore()
const forms: string[] = []
const handler = createIntrospectionHandler({
  issuer,
  clientAuthentication: {
    methods: ['tls_client_auth', 'self_signed_tls_client_auth'],
    clientCertificate: certificateFromSocket(),
    protectedResources: [
      { id: 'by-subject', tlsClientAuth: { sanDns: 'orders.example.com' }, audiences: ['urn:orders'] },
      { id: 'by-certificate', jwks: { keys: [{ kty: 'EC', x5c: [selfSigned] }] }, audiences: ['urn:orders'] },
    ],
  },
  lookup: { store },
})
const server = createServer(
  { ...certificateOf('server'), requestCert: true, rejectUnauthorized: false } as object,
  toNodeHandler(handler),
)
server.on('request', (request) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => forms.push(String(Buffer.concat(chunks))))
})
let endpoint: string

beforeAll(async () => {
  await store.save('abc', { kind: 'access_token', aud: 'urn:orders', exp: Math.floor(Date.now() / 1000) + 60 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `https://localhost:${(server.address() as AddressInfo).port}/introspect`
})

afterAll(async () => {
  server.closeAllConnections()
  await once(server.close(), 'close')
})

async function ask(clientAuthentication: ClientAuthentication, tls: TlsOptions) {
  await using client = new IntrospectionClient({ issuer, endpoint, clientAuthentication, transport: { tls } })
  return await client.introspect('abc')
}

describe('a client with a certificate', () => {
  test('is accepted by tls_client_auth, and sends its identifier (MTLS-01)', async () => {
    forms.length = 0
    expect((await ask(tlsClientAuth('by-subject'), certificateOf('orders'))).active).toBe(true)
    expect(forms).toEqual([expect.stringMatching(/(?:^|&)client_id=by-subject(?:&|$)/)])
  })

  test('is accepted by self_signed_tls_client_auth, and sends its identifier (MTLS-01)', async () => {
    forms.length = 0
    expect((await ask(selfSignedTlsClientAuth('by-certificate'), certificateOf('self-signed'))).active).toBe(true)
    expect(forms).toEqual([expect.stringMatching(/(?:^|&)client_id=by-certificate(?:&|$)/)])
  })

  test.each([
    ['a certificate of the authority with another name', tlsClientAuth('by-subject'), 'wildcard'],
    ['a self-signed certificate with the registered name', tlsClientAuth('by-subject'), 'self-signed'],
    ['a self-signed certificate that is not registered', selfSignedTlsClientAuth('by-certificate'), 'stranger'],
  ])('%s is refused, and not reported as a bad token', async (_, clientAuthentication, name) => {
    await expect(ask(clientAuthentication, certificateOf(name))).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNAUTHORIZED',
      status: 401,
    })
  })

  test.each([
    ['no tls options', undefined],
    ['only an authority', { ca }],
  ])('throws with %s', (_, tls) => {
    const create = () =>
      new IntrospectionClient({ endpoint, clientAuthentication: tlsClientAuth('by-subject'), transport: { tls } })
    expect(create).toThrow(TypeError)
    expect(create).toThrow(/^transport.tls: /)
  })

  test('throws when a custom fetch would ignore the certificate', () => {
    const transport = { tls: certificateOf('orders'), fetch }
    expect(() => new IntrospectionClient({ endpoint, clientAuthentication: tlsClientAuth('a'), transport })).toThrow(
      /^transport.tls: /,
    )
  })
})

describe('the server', () => {
  test.each([
    ["only the system's authorities are trusted", undefined],
    ['only another authority is trusted', createCertificate('localhost').cert],
  ])('is not trusted when %s', async (_, trusted) => {
    const { cert, key } = certificateOf('orders')
    await expect(ask(tlsClientAuth('by-subject'), { cert, key, ca: trusted })).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNREACHABLE',
      cause: { code: expect.stringMatching(/VERIFY|SELF_SIGNED/) as string },
    })
  })

  test('is not trusted under another name, although its authority is trusted', async () => {
    const misnamed = createCertificate('other.example.com')
    const other = createServer(misnamed, () => expect.unreachable('the token was sent'))
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    const transport = { tls: { ca: misnamed.cert } }
    const address = `https://localhost:${(other.address() as AddressInfo).port}/`
    const clientAuthentication = clientSecretBasic('api', 'secret')
    await using client = new IntrospectionClient({ endpoint: address, clientAuthentication, transport })
    await expect(client.introspect('abc')).rejects.toMatchObject({ cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } })
    other.close()
  })

  test('is trusted by a private authority, without a client certificate', async () => {
    await expect(ask(clientSecretBasic('by-subject', 'x'), { ca })).rejects.toMatchObject({ status: 401 })
  })
})

test('a key that does not fit the certificate makes the endpoint unreachable', async () => {
  const tls = { ...certificateOf('orders'), key: read('stranger.key.pem') }
  await expect(ask(tlsClientAuth('by-subject'), tls)).rejects.toMatchObject({
    code: 'ERR_TRANSPORT_UNREACHABLE',
    cause: { code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' },
  })
})
