import { describe, expect, test } from 'vitest'
import { bearerToken, bearerTokenProvider } from './bearer-token.ts'
import type { ClientAuthentication } from './client-authentication.ts'

async function requestWith(authentication: ClientAuthentication) {
  const url = 'https://as.example.com/introspect'
  const draft = { endpoint: url, issuer: undefined, headers: {} as Record<string, string>, parameters: {} }
  await authentication.authenticate(draft)
  expect(draft.parameters).toEqual({})
  return { method: 'POST', url, headers: draft.headers, body: undefined } as const
}

const bad = ['', 'a b', 'a\r\nx-injected: 1', 'é', 'a=b', '"', undefined, 5]

describe('bearerToken', () => {
  test('is sent only in the header', async () => {
    const authentication = bearerToken('mF_9.B5f-4.1JqM==')
    expect((await requestWith(authentication)).headers).toEqual({ authorization: 'Bearer mF_9.B5f-4.1JqM==' })
    expect(JSON.stringify(authentication)).not.toContain('mF_9')
  })

  test.each(bad)('refuses %o', (token) => {
    expect(() => bearerToken(token as string)).toThrow(/^token: /)
    expect(() => bearerToken(token as string)).toThrow(TypeError)
  })
})

describe('bearerTokenProvider', () => {
  test('sends the current token', async () => {
    let count = 0
    const authentication = bearerTokenProvider(() => Promise.resolve(`token-${++count}`))
    expect((await requestWith(authentication)).headers).toEqual({ authorization: 'Bearer token-1' })
    expect((await requestWith(authentication)).headers).toEqual({ authorization: 'Bearer token-2' })
  })

  test('repeats a refused request only when the token has changed', async () => {
    let token = 'old'
    const authentication = bearerTokenProvider(() => token)
    const refused = await requestWith(authentication)
    expect(await authentication.renew?.(refused)).toBe(false)
    token = 'new'
    expect(await authentication.renew?.(refused)).toBe(true)
  })

  test.each(bad)('refuses %o', async (token) => {
    await expect(requestWith(bearerTokenProvider(() => token as string))).rejects.toMatchObject({
      code: 'ERR_SECRET_UNAVAILABLE',
      message: expect.stringMatching(/^findToken: /) as unknown,
    })
  })

  test('refuses a token instead of a function', () => {
    expect(() => bearerTokenProvider('abc' as never)).toThrow(/^findToken: /)
  })
})
