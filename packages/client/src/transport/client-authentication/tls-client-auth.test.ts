import { describe, expect, test } from 'vitest'
import type { ClientContext } from './client-authentication.ts'
import { selfSignedTlsClientAuth } from './self-signed-tls-client-auth.ts'
import { tlsClientAuth } from './tls-client-auth.ts'

const clientWith = (hasClientCertificate: boolean | undefined) => ({ hasClientCertificate }) as ClientContext

describe.each([
  ['tls_client_auth', tlsClientAuth],
  ['self_signed_tls_client_auth', selfSignedTlsClientAuth],
])('%s', (method, create) => {
  test('sends only the identifier', async () => {
    const draft = { endpoint: 'https://as.example.com', issuer: undefined, headers: {}, parameters: { client_id: 'x' } }
    const authentication = create('api')
    await authentication.authenticate(draft)
    expect(draft).toMatchObject({ headers: {}, parameters: { client_id: 'api' } })
    expect(authentication).toMatchObject({ method, clientId: 'api' })
  })

  test('needs a certificate, unless the application makes the connections', () => {
    expect(() => create('api').prepare?.(clientWith(false))).toThrow(/^transport.tls: /)
    expect(create('api').prepare?.(clientWith(true)).method).toBe(method)
    expect(create('api').prepare?.(clientWith(undefined)).method).toBe(method)
  })

  test('refuses an empty identifier', () => {
    expect(() => create('')).toThrow(/^clientId: /)
  })
})
