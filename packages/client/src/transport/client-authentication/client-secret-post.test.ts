import { describe, expect, test } from 'vitest'
import { clientSecretPost } from './client-secret-post.ts'

describe('clientSecretPost', () => {
  test('puts identifier and secret into the form, and nothing into the header', async () => {
    const endpoint = 'https://as.example.com/introspect'
    const draft = { endpoint, issuer: undefined, headers: {}, parameters: { client_id: 'other' } }
    await clientSecretPost('api', 's: %+/é').authenticate(draft)
    expect(draft.parameters).toEqual({ client_id: 'api', client_secret: 's: %+/é' })
    expect(draft.headers).toEqual({})
  })

  test('names its method and its client, and does not show the secret', () => {
    const authentication = clientSecretPost('api', 's3cr3t-value')
    expect(authentication).toMatchObject({ method: 'client_secret_post', clientId: 'api' })
    expect(JSON.stringify(authentication)).not.toContain('s3cr3t-value')
  })

  test.each([
    ['an empty identifier', '', 'b', /^clientId: /],
    ['an empty secret', 'a', '', /^clientSecret: /],
    ['a control character', 'a', 'b\x7f', /^clientSecret: /],
  ])('refuses %s', (_, clientId, clientSecret, message) => {
    expect(() => clientSecretPost(clientId, clientSecret)).toThrow(TypeError)
    expect(() => clientSecretPost(clientId, clientSecret)).toThrow(message)
  })
})
