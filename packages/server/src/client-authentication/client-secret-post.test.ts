import { parseForm } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { readClientSecretPost } from './client-secret-post.ts'

describe('readClientSecretPost', () => {
  test.each([
    ['both', 'client_id=id&client_secret=s', { clientId: 'id', clientSecret: 's' }],
    ['a secret alone', 'client_secret=s', { clientId: '', clientSecret: 's' }],
    ['a secret with an empty identifier', 'client_id=&client_secret=s', { clientId: '', clientSecret: 's' }],
    ['nothing without a secret', 'client_id=id', undefined],
    ['nothing when the secret is empty', 'client_id=id&client_secret=', undefined],
    ['nothing when the name is in another case', 'client_id=id&Client_Secret=s', undefined],
  ])('reads %s', (_, body, credentials) => {
    expect(readClientSecretPost(parseForm(body))).toEqual(credentials)
  })

  test.each(['client_id=a&client_id=a&client_secret=s', 'client_id=a&client_secret=s&client_secret=s'])(
    'refuses %s',
    (body) => {
      expect(() => readClientSecretPost(parseForm(body))).toThrow(
        expect.objectContaining({ code: 'ERR_REQUEST_INVALID' }),
      )
    },
  )
})
