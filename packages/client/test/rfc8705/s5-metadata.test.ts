import {
  type ClientAuthentication,
  clientCredentials,
  clientSecretBasic,
  IntrospectionClient,
  selfSignedTlsClientAuth,
  tlsClientAuth,
} from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const issuer = 'https://as.example.com'
const metadata = { issuer, introspection_endpoint: `${issuer}/introspect`, token_endpoint: `${issuer}/token` }
const mtls = 'https://mtls.as.example.com'
const aliases = { introspection_endpoint: `${mtls}/introspect`, token_endpoint: `${mtls}/token` }

async function urlsAsked(clientAuthentication: ClientAuthentication, mtls_endpoint_aliases: object | undefined) {
  as.answer({ ...metadata, mtls_endpoint_aliases })
  as.answer({ active: true })
  const transport = { fetch: (url: string, init: RequestInit) => fetch(url, init) }
  await using client = new IntrospectionClient({ issuer, clientAuthentication, transport })
  await client.introspect('abc')
  return as.requests.map(({ url }) => url).slice(1)
}

describe.each([
  ['tls_client_auth', tlsClientAuth('api')],
  ['self_signed_tls_client_auth', selfSignedTlsClientAuth('api')],
])('%s', (_, clientAuthentication) => {
  test('uses the mutual-TLS alias of the endpoint when there is one (MTLS-08)', async () => {
    expect(await urlsAsked(clientAuthentication, aliases)).toEqual([`${mtls}/introspect`])
  })

  test.each([undefined, {}, { token_endpoint: `${mtls}/token` }])(
    'uses the usual endpoint when the aliases are %o (MTLS-08)',
    async (others) => {
      expect(await urlsAsked(clientAuthentication, others)).toEqual([`${issuer}/introspect`])
    },
  )

  test('does not send the token to an alias without TLS (MTLS-08)', async () => {
    as.answer({ ...metadata, mtls_endpoint_aliases: { introspection_endpoint: 'http://mtls.as.example.com/' } })
    await using client = new IntrospectionClient({ issuer, clientAuthentication, transport: { fetch } })
    await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
    expect(as.requests).toHaveLength(1)
  })
})

test('uses the usual endpoint with another method, whatever the aliases are (MTLS-08)', async () => {
  expect(await urlsAsked(clientSecretBasic('api', 'secret'), aliases)).toEqual([`${issuer}/introspect`])
})

test('requests a certificate-bound access token at the mutual-TLS alias (MTLS-08)', async () => {
  as.answer({ ...metadata, mtls_endpoint_aliases: aliases })
  as.answer({ access_token: 'own', token_type: 'Bearer', expires_in: 60 })
  as.answer({ active: true })
  const clientAuthentication = clientCredentials({ clientAuthentication: tlsClientAuth('api') })
  await using client = new IntrospectionClient({ issuer, clientAuthentication, transport: { fetch } })
  await client.introspect('abc')
  expect(as.requests.map(({ url }) => url).slice(1)).toEqual([`${mtls}/token`, `${issuer}/introspect`])
  expect(as.requests[1]?.form.get('client_id')).toBe('api')
})
