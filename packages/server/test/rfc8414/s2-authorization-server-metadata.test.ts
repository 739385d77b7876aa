/** The metadata of the endpoints (RFC 8414 §2, RFC 9701 §7, RFC 8705 §5). */
import { parseAuthorizationServerMetadata } from '@token-introspection/core'
import { generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import {
  certificateFromSocket,
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  createRevocationHandler,
  type IntrospectionHandlerOptions,
} from '../../src/index.ts'
import { createFakeRevocationLog } from '../fake-revocation-log.ts'

const issuer = 'https://as.example.com'
const url = `${issuer}/introspect`
const store = createMemoryTokenStore()

function metadata(changes: Partial<IntrospectionHandlerOptions> = {}, clientAuthentication: object = {}) {
  return createIntrospectionHandler({
    issuer,
    clientAuthentication: { protectedResources: [], ...clientAuthentication },
    lookup: { store },
    ...changes,
  }).metadata({ url })
}

describe('introspection metadata', () => {
  test('names the endpoint and its methods (META-08, BCP-04)', () => {
    expect(metadata({}, { methods: ['client_secret_basic', 'client_secret_post'] })).toEqual({
      introspection_endpoint: url,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    })
    const accessToken = { find: () => null }
    expect(metadata({}, { methods: ['Bearer'], accessToken })).toMatchObject({
      introspection_endpoint_auth_methods_supported: ['Bearer'],
    })
  })

  test.each([
    [['private_key_jwt'], ['RS256', 'PS256', 'ES256'], 'HS256'],
    [['client_secret_jwt'], ['HS256'], 'none'],
  ])('names the algorithms of assertions when %j uses them (META-09)', (methods, contained, absent) => {
    const algorithms = metadata({}, { methods }).introspection_endpoint_auth_signing_alg_values_supported
    expect(algorithms).toEqual(expect.arrayContaining(contained))
    expect(algorithms).not.toContain(absent)
    expect(algorithms).not.toContain('none')
  })

  test('leaves out empty lists (META-10)', () => {
    const own = metadata({}, { methods: [], custom: () => undefined })
    expect(own).toEqual({ introspection_endpoint: url })
    expect(Object.values(metadata()).every((value) => !Array.isArray(value) || value.length > 0)).toBe(true)
  })

  test('lists the algorithms that sign and encrypt answers (JWT-28)', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const jwt = { keys: [{ kid: 'a', alg: 'ES256', key: privateKey }], defaultSigningAlg: 'ES256' } as const
    const { introspection_signing_alg_values_supported: algs, ...rest } = metadata({ response: { jwt } })
    expect(algs).toEqual(['ES256'])
    expect(rest.introspection_encryption_alg_values_supported).toContain('RSA-OAEP-256')
    expect(rest.introspection_encryption_enc_values_supported).toContain('A128CBC-HS256')
    expect(metadata()).not.toHaveProperty('introspection_signing_alg_values_supported')
  })

  test('names the URL for mutual TLS when it differs', () => {
    const handler = createIntrospectionHandler({
      issuer,
      clientAuthentication: {
        protectedResources: [],
        methods: ['tls_client_auth'],
        clientCertificate: certificateFromSocket(),
      },
      lookup: { store },
    })
    expect(handler.metadata({ url, mtlsUrl: 'https://mtls.as.example.com/introspect' })).toEqual({
      introspection_endpoint: url,
      introspection_endpoint_auth_methods_supported: ['tls_client_auth'],
      mtls_endpoint_aliases: { introspection_endpoint: 'https://mtls.as.example.com/introspect' },
    })
  })

  test('is one object for the OAuth and the OpenID Connect document, so that both agree (META-12)', () => {
    const handler = createIntrospectionHandler({
      issuer,
      clientAuthentication: { protectedResources: [] },
      lookup: { store },
    })
    const own = handler.metadata({ url })
    const documents = [
      { issuer, ...own },
      { issuer, subject_types_supported: ['public'], ...handler.metadata({ url }) },
    ]
    const [oauth, openid] = documents.map((document) =>
      parseAuthorizationServerMetadata(JSON.parse(JSON.stringify(document)), issuer),
    )
    for (const name of Object.keys(own)) expect(openid?.[name]).toEqual(oauth?.[name])
    expect(Object.keys(own).length).toBeGreaterThan(1)
    expect(oauth?.introspection_endpoint).toBe(url)
  })

  test.each(['http://as.example.com/introspect', '/introspect', 'https://as.example.com/introspect#a', ''])(
    'refuses the URL %j (REQ-01)',
    (wrong) => {
      const handler = createIntrospectionHandler({
        issuer,
        clientAuthentication: { protectedResources: [] },
        lookup: { store },
      })
      expect(() => handler.metadata({ url: wrong })).toThrow(/^url: /)
      expect(() => handler.metadata({ url, mtlsUrl: wrong })).toThrow(/^mtlsUrl: /)
    },
  )
})

test('feed metadata names the endpoint and its methods', () => {
  const feed = createRevocationFeedHandler({
    issuer,
    source: createFakeRevocationLog(),
    clientAuthentication: { protectedResources: [], methods: ['client_secret_basic', 'private_key_jwt'] },
  })
  const own = feed.metadata({ url: `${issuer}/revocations`, mtlsUrl: `${issuer}/mtls/revocations` })
  expect(own).toEqual({
    revocation_feed_endpoint: `${issuer}/revocations`,
    revocation_feed_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
    revocation_feed_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['ES256']) as string[],
    mtls_endpoint_aliases: { revocation_feed_endpoint: `${issuer}/mtls/revocations` },
  })
  expect(parseAuthorizationServerMetadata({ issuer, ...own }, issuer)).toMatchObject(own)
  expect(() => feed.metadata({ url: 'http://as.example.com/revocations' })).toThrow(/^url: /)
})

test('revocation metadata names the endpoint and its methods, only those with secrets when there is no issuer', () => {
  const revocation = createRevocationHandler({ clientAuthentication: { clients: [] }, lookup: { store } })
  expect(revocation.metadata({ url: `${issuer}/revoke`, mtlsUrl: `${issuer}/mtls/revoke` })).toEqual({
    revocation_endpoint: `${issuer}/revoke`,
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    mtls_endpoint_aliases: { revocation_endpoint: `${issuer}/mtls/revoke` },
  })
})
