import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
  IntrospectionClient,
} from '@token-introspection/client'
import { wireVectors } from '@token-introspection/testing'
import { describe, expect, test } from 'vitest'
import { type RecordedRequest, useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()

async function askWith(clientAuthentication: ClientAuthentication, parameters?: Record<string, string>) {
  as.answer({ active: true })
  await using client = new IntrospectionClient({ endpoint: 'https://as.example.com/introspect', clientAuthentication })
  await client.introspect('abc', { parameters })
  return as.requests.at(-1) as RecordedRequest
}

function decodedCredentials(request: RecordedRequest): string {
  return Buffer.from(request.headers.get('authorization')?.slice('Basic '.length) ?? '', 'base64').toString('utf8')
}

describe('client_secret_basic', () => {
  test.each(wireVectors.basicCredentials)(
    'AUTH-01 sends $clientId and its secret as $authorization',
    async (vector) => {
      const request = await askWith(clientSecretBasic(vector.clientId, vector.clientSecret))
      expect(request.headers.get('authorization')).toBe(vector.authorization)
    },
  )

  test.each([
    ['a:b', 'c d', 'a%3Ab:c+d'],
    ['https://api.example.com', '100%', 'https%3A%2F%2Fapi.example.com:100%25'],
    ['api', "!*'()", 'api:%21%2A%27%28%29'],
    ['api', 'pässwörd€', 'api:p%C3%A4ssw%C3%B6rd%E2%82%AC'],
    ['api', 'a+b', 'api:a%2Bb'],
    ['a-b_c.d~e', 'AZaz09-._~', 'a-b_c.d~e:AZaz09-._~'],
  ])('AUTH-01 form-encodes %o and %o before it joins them', async (clientId, clientSecret, credentials) => {
    expect(decodedCredentials(await askWith(clientSecretBasic(clientId, clientSecret)))).toBe(credentials)
  })
})

describe('exactly one method', () => {
  test('AUTH-07 in the header puts no credentials into the form', async () => {
    const request = await askWith(clientSecretBasic('api', 'secret'))
    expect(request.headers.has('authorization')).toBe(true)
    expect([...request.form.keys()]).toEqual(['token'])
  })

  test('AUTH-07 in the form sends no header', async () => {
    const request = await askWith(clientSecretPost('api', 'secret'))
    expect(request.headers.has('authorization')).toBe(false)
    expect([...request.form]).toEqual([
      ['token', 'abc'],
      ['client_id', 'api'],
      ['client_secret', 'secret'],
    ])
  })

  test.each(['client_secret', 'client_assertion', 'client_assertion_type'])(
    'AUTH-07 refuses the extra parameter %s, which would be a second method',
    async (name) => {
      await using client = new IntrospectionClient({
        endpoint: 'https://as.example.com/introspect',
        clientAuthentication: clientSecretBasic('api', 'secret'),
      })
      await expect(client.introspect('abc', { parameters: { [name]: 'x' } })).rejects.toThrow(TypeError)
      expect(as.requests).toEqual([])
    },
  )

  test('AUTH-07 refuses an extra parameter in place of the identifier', async () => {
    const request = await askWith(clientSecretPost('api', 'secret'), { client_id: 'other' })
    expect(request.form.getAll('client_id')).toEqual(['api'])
  })
})
