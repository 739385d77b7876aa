import { describe, expect, test, vi } from 'vitest'
import { encodeForm } from '@token-introspection/core'
import type { ClientAuthentication } from './client-authentication.ts'
import { rotatingClientSecret, type RotatingClientSecretOptions } from './rotating-client-secret.ts'

const url = 'https://as.example.com/introspect'

async function requestWith(authentication: ClientAuthentication) {
  const draft = { endpoint: url, issuer: undefined, headers: {}, parameters: {} as Record<string, string> }
  await authentication.authenticate(draft)
  const body = encodeForm(Object.entries({ ...draft.parameters, token: 'abc' }))
  return { method: 'POST', url, headers: draft.headers as Record<string, string>, body } as const
}

const methods: [string, RotatingClientSecretOptions][] = [
  ['client_secret_basic', {}],
  ['client_secret_post', { method: 'client_secret_post' }],
]

describe.each(methods)('rotatingClientSecret with %s', (method, options) => {
  test('sends the current secret', async () => {
    const findSecret = vi.fn().mockReturnValueOnce('first+é').mockResolvedValueOnce('second')
    const authentication = rotatingClientSecret('api', findSecret as () => string, options)
    expect(authentication).toMatchObject({ method, clientId: 'api' })
    const [first, second] = [await requestWith(authentication), await requestWith(authentication)]
    expect(first).not.toEqual(second)
    expect(findSecret).toHaveBeenCalledTimes(2)
  })

  test('repeats a refused request only when the secret has changed', async () => {
    let secret = 'old+é&='
    const authentication = rotatingClientSecret('api', () => secret, options)
    const refused = await requestWith(authentication)
    expect(await authentication.renew?.(refused)).toBe(false)
    secret = 'new'
    expect(await authentication.renew?.(refused)).toBe(true)
    expect(await authentication.renew?.(await requestWith(authentication))).toBe(false)
  })

  test.each(['', 'a\n', undefined, 5])('refuses %o as a secret', async (found) => {
    await expect(
      (async () => requestWith(rotatingClientSecret('api', () => found as string, options)))(),
    ).rejects.toThrow(/^clientSecret: /)
  })
})

describe('rotatingClientSecret', () => {
  test.each([
    ['an empty identifier', () => rotatingClientSecret('', () => 'x'), /^clientId: /],
    ['a secret instead of a function', () => rotatingClientSecret('a', 's3cr3t' as never), /^findSecret: /],
    ['another method', () => rotatingClientSecret('a', () => 'x', { method: 'none' as never }), /^method: /],
    [
      'an encoding for client_secret_post',
      () => rotatingClientSecret('a', () => 'x', { method: 'client_secret_post', encoding: 'raw' }),
      /^encoding: /,
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
