import { jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { clientSecretJwt } from './client-secret-jwt.ts'

const issuer = 'https://as.example.com'
const secret = 's3cr3t-value-é-of-thirty-one-chars'.slice(0, 31)

async function assertionOf(clientSecret: string, algorithm?: 'HS256' | 'HS384' | 'HS512'): Promise<string> {
  const draft = { endpoint: `${issuer}/introspect`, issuer, headers: {}, parameters: {} as Record<string, string> }
  await clientSecretJwt('api', clientSecret, { algorithm }).authenticate(draft)
  expect(draft.headers).toEqual({})
  expect(JSON.stringify(draft)).not.toContain(clientSecret)
  return draft.parameters['client_assertion'] as string
}

describe('clientSecretJwt', () => {
  test.each([
    ['HS256', undefined, 32],
    ['HS384', 'HS384', 48],
    ['HS512', 'HS512', 64],
  ] as const)('signs by %s with the octets of the secret', async (expected, algorithm, length) => {
    const long = secret.padEnd(length - 1, 'x')
    const assertion = await assertionOf(long, algorithm)
    const { protectedHeader } = await jwtVerify(assertion, new TextEncoder().encode(long), { audience: issuer })
    expect(protectedHeader).toEqual({ alg: expected, typ: 'client-authentication+jwt' })
  })

  test.each([
    ['HS256', 31],
    ['HS384', 47],
    ['HS512', 63],
  ] as const)('refuses a secret with fewer octets than the hash of %s, and does not quote it', (algorithm, length) => {
    const short = 's'.repeat(length)
    expect(() => clientSecretJwt('api', short, { algorithm })).toThrow(/^clientSecret: /)
    expect(() => clientSecretJwt('api', short, { algorithm })).not.toThrow(short)
    expect(() => clientSecretJwt('api', `${short}s`, { algorithm })).not.toThrow()
  })

  test.each([
    ['an empty identifier', () => clientSecretJwt('', secret), /^clientId: /],
    [
      'an algorithm with a key pair',
      () => clientSecretJwt('a', secret, { algorithm: 'RS256' as never }),
      /^algorithm: /,
    ],
    ['an unknown option', () => clientSecretJwt('a', secret, { alg: 'HS256' } as never), /^alg: /],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })

  test('does not show the secret', () => {
    expect(JSON.stringify(clientSecretJwt('api', secret))).not.toContain('s3cr3t-value')
  })
})
