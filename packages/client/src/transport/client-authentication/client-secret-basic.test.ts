import { wireVectors } from '@token-introspection/testing'
import type { BasicEncoding } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { clientSecretBasic } from './client-secret-basic.ts'

const endpoint = 'https://as.example.com/introspect'

async function authenticate(clientId: string, clientSecret: string, encoding?: BasicEncoding) {
  const draft = { endpoint, issuer: undefined, headers: { accept: 'application/json' }, parameters: { resource: 'x' } }
  await clientSecretBasic(clientId, clientSecret, { encoding }).authenticate(draft)
  return draft
}

function credentialsOf(authorization: string | undefined): string {
  return Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64').toString('utf8')
}

describe('clientSecretBasic', () => {
  test.each(wireVectors.basicCredentials)('sends $clientId as $authorization', async (vector) => {
    const { headers } = await authenticate(vector.clientId, vector.clientSecret)
    expect(headers).toEqual({ accept: 'application/json', authorization: vector.authorization })
  })

  test('adds nothing to the form', async () => {
    expect((await authenticate('api', 'secret')).parameters).toEqual({ resource: 'x' })
  })

  test.each([
    ['form', 's: %+/é', 'api:s%3A+%25%2B%2F%C3%A9'],
    ['raw', 's: %+/é', 'api:s: %+/é'],
  ] as const)('encodes for %s', async (encoding, secret, credentials) => {
    const { headers } = await authenticate('api', secret, encoding)
    expect(credentialsOf((headers as Record<string, string>)['authorization'])).toBe(credentials)
  })

  test('sends ISO-8859-1 only with the option', async () => {
    const { headers } = await authenticate('api', 'caf\u00e9%', 'latin1')
    const sent = (headers as Record<string, string>)['authorization']?.replace('Basic ', '') ?? ''
    expect(Buffer.from(sent, 'base64')).toEqual(Buffer.from('api:caf\u00e9%', 'latin1'))
  })

  test('names its method and its client, and does not show the secret', () => {
    const authentication = clientSecretBasic('api', 's3cr3t-value')
    expect(authentication).toMatchObject({ method: 'client_secret_basic', clientId: 'api' })
    expect(JSON.stringify(authentication)).not.toContain('s3cr3t-value')
  })

  test.each([
    ['an ordinary secret', 'api', 'abc-._~123', 'form', undefined],
    ['an ordinary secret with encoding raw', 'api', 'abc-._~123', 'raw', undefined],
    ['an encoded secret', 'api', 'a+b/c=', 'form', "try encoding: 'raw'"],
    ['an encoded identifier', 'https://api', 'abc', 'form', "try encoding: 'raw'"],
    ['an unencoded secret', 'api', 'a+b/c=', 'raw', "try without encoding: 'raw'"],
    ['a secret outside ASCII', 'api', 'caf\u00e9', 'form', 'compare the encodings "raw" and "latin1"'],
    ['a secret outside ASCII with encoding raw', 'api', 'caf\u00e9', 'raw', 'compare the encodings "raw" and "latin1"'],
    ['a secret in ISO-8859-1', 'api', 'caf\u00e9', 'latin1', "try without encoding: 'latin1'"],
  ] as const)(
    'suggests another encoding for %s only when it makes a difference',
    (_, clientId, secret, encoding, advice) => {
      const given = clientSecretBasic(clientId, secret, { encoding }).advice
      if (advice === undefined) expect(given).toBeUndefined()
      else expect(given).toContain(advice)
      expect(String(given)).not.toContain(secret)
    },
  )

  test.each([
    ['an empty identifier', () => clientSecretBasic('', 'b'), /^clientId: /],
    ['an empty secret', () => clientSecretBasic('a', ''), /^clientSecret: /],
    ['no secret', () => clientSecretBasic('a', undefined as unknown as string), /^clientSecret: /],
    ['a line break in the secret', () => clientSecretBasic('a', 'b\n'), /^clientSecret: /],
    ['a NUL in the identifier', () => clientSecretBasic('a\0', 'b'), /^clientId: /],
    ['a colon in a raw identifier', () => clientSecretBasic('a:b', 'c', { encoding: 'raw' }), /^clientId: /],
    [
      'a colon in an identifier with encoding latin1',
      () => clientSecretBasic('a:b', 'c', { encoding: 'latin1' }),
      /^clientId: /,
    ],
    [
      'a character outside ISO-8859-1 with encoding latin1',
      () => clientSecretBasic('a', '\u20ac', { encoding: 'latin1' }),
      /^clientSecret: /,
    ],
    ['an unknown encoding', () => clientSecretBasic('a', 'b', { encoding: 'utf8' as 'raw' }), /^encoding: /],
    ['an unknown option', () => clientSecretBasic('a', 'b', { encodin: 'raw' } as object), /^encodin: /],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })

  test('does not quote the secret that it refuses', () => {
    expect(() => clientSecretBasic('a', 's3cr3t-value\n')).not.toThrow('s3cr3t-value')
    expect(() => clientSecretBasic('a', 's3cr3t-value\n')).toThrow(TypeError)
  })
})
