import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../../resolve-options.ts'
import { clientSecretBasic } from '../../transport/client-authentication/client-secret-basic.ts'

const clientAuthentication = clientSecretBasic('api', 's3cr3t')
const isTrustedProxy = () => true
const parse = () => undefined

function resolve(certificate: unknown) {
  const policy = { certificate } as object
  return resolveOptions({ issuer: 'https://as.example.com', clientAuthentication, policy }).policy.confirmation
}

describe('policy.certificate', () => {
  test('compares no certificates without the option', () => {
    expect(resolve(undefined).certificate).toBeUndefined()
  })

  test.each([
    true,
    { format: 'rfc9440', isTrustedProxy },
    { format: 'nginx', isTrustedProxy, header: 'X-Cert' },
    { parse, isTrustedProxy, header: 'X-Cert' },
  ])('accepts %o', (certificate) => {
    expect(resolve(certificate).certificate).toBeDefined()
  })

  test.each<[string, unknown]>([
    ['', false],
    ['', 'client-cert'],
    ['', null],
    ['', []],
    ['.format', {}],
    ['.format', { isTrustedProxy }],
    ['.format', { format: 'caddy', isTrustedProxy }],
    ['.format', { format: 'azure', parse, isTrustedProxy, header: 'X-Cert' }],
    ['.header', { parse, isTrustedProxy }],
    ['.parse', { parse: 'azure', isTrustedProxy, header: 'X-Cert' }],
    ['.isTrustedProxy', { format: 'rfc9440' }],
    ['.isTrustedProxy', { format: 'rfc9440', isTrustedProxy: true }],
    ['.isTrustedProxy', { format: 'rfc9440', isTrustedProxy: ['10.0.0.1'] }],
    ['.header', { format: 'rfc9440', isTrustedProxy, header: '' }],
    ['.trustProxy', { format: 'rfc9440', isTrustedProxy, trustProxy: true }],
  ])('says that policy.certificate%s is wrong in %o', (path, certificate) => {
    expect(() => resolve(certificate)).toThrow(TypeError)
    expect(() => resolve(certificate)).toThrow(new RegExp(`^policy\\.certificate${path.replace('.', '\\.')}: `))
  })
})
