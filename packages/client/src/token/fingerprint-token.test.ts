import { describe, expect, test } from 'vitest'
import { createFingerprint, type FingerprintScope, shortFingerprint, tokenPart } from './fingerprint-token.ts'

const secret = 'a secret that all processes share'
const scope: FingerprintScope = {
  issuer: 'https://as.example.com',
  endpoint: undefined,
  clientId: 'api',
  method: 'client_secret_basic',
  accept: 'application/json',
}
const fingerprint = createFingerprint(scope, () => secret)

describe('createFingerprint', () => {
  test('gives a token the same fingerprint in every process with the secret, and no other token (SEC-11)', async () => {
    expect(await fingerprint('abc', {})).toBe(await createFingerprint({ ...scope }, () => secret)('abc', {}))
    expect(await fingerprint('abc', {})).not.toBe(await createFingerprint(scope, () => `${secret}.`)('abc', {}))
    expect(await createFingerprint(scope, undefined)('abc', {})).not.toBe(
      await createFingerprint(scope, undefined)('abc', {}),
    )
  })

  test('has 43 characters of base64url, and no part of the token (SEC-11)', async () => {
    expect(await fingerprint('2YotnFZFEjr1zCsicMWpAA', {})).toMatch(/^[\w-]{43}$/)
    expect(await fingerprint('a', { tokenTypeHint: 'access_token' })).toMatch(/^[\w-]{43}\.[\w-]{43}$/)
  })

  test.each([
    ['issuer', { issuer: 'https://as.example.com/other' }],
    ['endpoint', { endpoint: 'https://as.example.com/introspect' }],
    ['client identifier', { clientId: 'other' }],
    ['method', { method: 'client_secret_post' }],
    ['media type', { accept: 'application/token-introspection+jwt' }],
  ])('separates answers by %s (SEC-12)', async (_, change) => {
    expect(await createFingerprint({ ...scope, ...change }, () => secret)('abc', {})).not.toBe(
      await fingerprint('abc', {}),
    )
  })

  test('separates variants by hint and parameters, not by their order (SEC-12)', async () => {
    const variants = [
      {},
      { tokenTypeHint: 'access_token' },
      { tokenTypeHint: 'refresh_token' },
      { parameters: { resource: 'a' } },
      { parameters: { resource: 'b' } },
      { parameters: { resource: 'a', x: '1' } },
      { parameters: { 'resource","a"],["x': '1' } },
      { tokenTypeHint: 'access_token', parameters: { resource: 'a' } },
    ]
    const prints = await Promise.all(variants.map(async (variant) => fingerprint('abc', variant)))
    expect(new Set(prints).size).toBe(variants.length)
    expect(new Set(prints.map(tokenPart)).size).toBe(1)
    expect(await fingerprint('abc', { parameters: { a: '1', b: '2' } })).toBe(
      await fingerprint('abc', { parameters: { b: '2', a: '1' } }),
    )
  })

  test("is as short as possible in the client's own store, and still separates variants from tokens", async () => {
    const own = createFingerprint(scope, undefined)
    // A digest in this form may contain a dot. With so many tokens, some do.
    for (let index = 0; index < 300; index++) {
      const token = `token-${index}`
      const plain = await own(token, {})
      const variant = await own(token, { tokenTypeHint: 'access_token' })
      expect(plain).toHaveLength(32)
      expect(variant).toHaveLength(65)
      expect(tokenPart(plain)).toBe(plain)
      expect(tokenPart(variant)).toBe(plain)
      expect(shortFingerprint(variant)).toBe(shortFingerprint(plain))
      expect(shortFingerprint(plain)).toMatch(/^[\w-]{16}$/)
    }
  })

  test('is shortened to its first characters', async () => {
    const plain = await fingerprint('abc', {})
    expect(shortFingerprint(plain)).toBe(plain.slice(0, 16))
    expect(shortFingerprint(await fingerprint('abc', { parameters: { a: 'b' } }))).toBe(plain.slice(0, 16))
  })
})

test('finds the secret with the first token, tries again after a failure, and rejects one promise alone', async () => {
  const answers: Promise<string>[] = []
  const found = createFingerprint(scope, () => answers.shift() ?? secret)
  answers.push(Promise.reject(new Error('vault')))
  const variant = { tokenTypeHint: 'access_token' }
  await expect(async () => found('abc', variant)).rejects.toThrow('vault')
  expect(await found('abc', variant)).toBe(await fingerprint('abc', variant))
  answers.push(Promise.resolve('another secret, which is not asked for'))
  expect(await found('abc', {})).toBe(await fingerprint('abc', {}))
  expect(answers).toHaveLength(1)
})
