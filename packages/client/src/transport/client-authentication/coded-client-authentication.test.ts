import { describe, expect, test } from 'vitest'
import { clientCredentials } from './client-credentials.ts'
import { clientSecretBasic } from './client-secret-basic.ts'
import { clientSecretJwt } from './client-secret-jwt.ts'
import { codedClientAuthentication } from './coded-client-authentication.ts'
import { privateKeyJwt } from './private-key-jwt.ts'
import { supportedClientAuthentication } from './supported-client-authentication.ts'

const PEM = '-----BEGIN PRIVATE KEY-----\nbm8ga2V5\n-----END PRIVATE KEY-----'
const basic = clientSecretBasic('api', 's3cr3t')
const post = { ...basic, method: 'client_secret_post' }

function draft(issuer?: string) {
  return { endpoint: 'https://as.example.com/introspect', issuer, headers: {}, parameters: {} }
}

describe('codedClientAuthentication', () => {
  test.each([
    ['a key that is none', privateKeyJwt('api', PEM), 'https://as.example.com', 'key: is not a private key for RS256'],
    ['an assertion without audience', clientSecretJwt('api', 's'.repeat(32)), undefined, 'audience: is required'],
    [
      'an access token outside a client',
      clientCredentials({ clientAuthentication: basic }),
      undefined,
      'clientCredentials: is for',
    ],
    [
      'several methods outside a client',
      supportedClientAuthentication([basic, post]),
      undefined,
      'supportedClientAuthentication: is for',
    ],
  ])('gives a mistake of this package its code, and keeps its sentence: %s', async (_, own, issuer, sentence) => {
    const call = async () => codedClientAuthentication(own).authenticate(draft(issuer))
    const failure = await call().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE', cause: expect.any(TypeError) as unknown })
    expect((failure as Error).message.startsWith(sentence)).toBe(true)
    expect((failure as Error).message).not.toMatch(/function|vault/)
  })

  test('does not quote what a function of the application throws', async () => {
    const own = { ...basic, authenticate: () => Promise.reject(new TypeError('s3cr3t')) }
    const call = async () => codedClientAuthentication(own).authenticate(draft())
    await expect(call()).rejects.toThrow(
      'clientAuthentication.authenticate: the function of client "api" failed with TypeError',
    )
  })
})
