import { INACTIVE, type IntrospectionResponse } from '@token-introspection/core'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { SameSecond } from './same-second.ts'
import { chooseSigningKey, type SigningStep, signResponse } from './sign-response.ts'
import type { ResponseSigningAlg } from './signing-algorithms.ts'
import { resolveSigningKeys, type SigningKey } from './signing-key.ts'
import { RESPONSE_SIGNING_ALGS } from './signing-algorithms.ts'

const now = 1_764_000_000
const issuer = 'https://as.example.com'
const caller = { id: 'orders-api' }
const active: IntrospectionResponse = { active: true, sub: 'alice', exp: now + 60 }
const signing = expect.objectContaining({ code: 'ERR_RESPONSE_SIGNING', retryable: false }) as Error

/** A key with a fixed signature, because these tests are only about the rest. */
function key(kid: string, alg: ResponseSigningAlg, changes: Partial<SigningKey> = {}): SigningKey {
  return { kid, alg, sign: () => Promise.resolve(new Uint8Array(64).fill(1)), ...changes }
}

function stepOf(keys: readonly SigningKey[], changes: Partial<SigningStep> = {}): SigningStep {
  return {
    issuer,
    keys: resolveSigningKeys(keys, 'keys', RESPONSE_SIGNING_ALGS),
    defaultSigningAlg: 'ES256',
    timeoutMs: 50,
    now: () => now,
    signed: new SameSecond(10),
    ...changes,
  }
}

describe('signResponse', () => {
  test('signs the claims of RFC 9701 and no other', async () => {
    const jws = await signResponse(active, caller, stepOf([key('k1', 'ES256')]))
    expect(decodeProtectedHeader(jws)).toEqual({ typ: 'token-introspection+jwt', alg: 'ES256', kid: 'k1' })
    expect(decodeJwt(jws)).toEqual({ iss: issuer, aud: 'orders-api', iat: now, token_introspection: active })
  })

  test('signs the header and the claims exactly as sent', async () => {
    const sign = vi.fn<(data: Uint8Array) => Promise<Uint8Array>>(() => Promise.resolve(new Uint8Array(64)))
    const jws = await signResponse(
      INACTIVE,
      caller,
      stepOf([key('ü', 'Ed25519', { sign })], { defaultSigningAlg: 'Ed25519' }),
    )
    expect(new TextDecoder().decode(sign.mock.calls[0]?.[0])).toBe(jws.slice(0, jws.lastIndexOf('.')))
    expect(decodeProtectedHeader(jws).kid).toBe('ü')
  })

  test.each([
    ['the default', undefined, 'a'],
    ['the default for null, which databases return', null, 'a'],
    ['the algorithm of the caller', 'ES384', 'b'],
  ])('uses %s', async (_, introspectionSignedResponseAlg, kid) => {
    const keys = [key('a', 'ES256'), key('b', 'ES384', { sign: () => Promise.resolve(new Uint8Array(96)) })]
    const stated = { ...caller, introspectionSignedResponseAlg } as typeof caller
    expect(decodeProtectedHeader(await signResponse(active, stated, stepOf(keys))).kid).toBe(kid)
  })

  test.each(['RS256', 'none', 'HS256', 'toString', '', 'es256', 7])('has no key for %j', (alg) => {
    const stated = { ...caller, introspectionSignedResponseAlg: alg as 'RS256' }
    expect(() => signResponse(active, stated, stepOf([key('a', 'ES256')]))).toThrow(signing)
  })

  test.each<[title: string, sign: unknown]>([
    ['rejects', () => Promise.reject(new Error('kms'))],
    [
      'throws',
      () => {
        throw new Error('kms')
      },
    ],
    ['never answers', () => new Promise(() => undefined)],
    ['returns DER', () => Promise.resolve(new Uint8Array(71))],
    ['returns nothing', () => Promise.resolve()],
    ['returns an empty signature', () => Promise.resolve(new Uint8Array())],
    ['returns text', () => Promise.resolve('c2lnbmF0dXJl')],
  ])('fails when a key %s', async (_, sign) => {
    const step = stepOf([key('a', 'ES256', { sign: sign as NonNullable<SigningKey['sign']> })])
    await expect(signResponse(active, caller, step)).rejects.toThrow(signing)
  })

  test('fails when an RSA key returns a signature that is too short', async () => {
    const step = stepOf([key('a', 'RS256')], { defaultSigningAlg: 'RS256' })
    await expect(signResponse(active, caller, step)).rejects.toThrow(signing)
  })

  test('signs the same answer once per second, and again for another answer, caller, second or key', async () => {
    const sign = vi.fn(() => Promise.resolve(new Uint8Array(64)))
    let second = now
    const step = stepOf([key('a', 'ES256', { sign }), key('b', 'ES256', { sign, signsFrom: now + 2 })], {
      now: () => second,
    })
    const signedBy = async (response: IntrospectionResponse, id = 'orders-api') => {
      await signResponse(response, { id }, step)
      return sign.mock.calls.length
    }
    expect(await signedBy(active)).toBe(1)
    expect(await signedBy({ ...active })).toBe(1)
    expect(await signedBy(INACTIVE)).toBe(2)
    expect(await signedBy(active, 'invoices-api')).toBe(3)
    second += 1
    expect(await signedBy(active)).toBe(4)
    second += 1
    expect(await signedBy(active)).toBe(5)
  })

  test('signs again after a failure in the same second', async () => {
    const sign = vi.fn().mockRejectedValueOnce(new Error('kms')).mockResolvedValue(new Uint8Array(64))
    const step = stepOf([key('a', 'ES256', { sign })])
    await expect(signResponse(active, caller, step)).rejects.toThrow(signing)
    expect(await signResponse(active, caller, step)).toMatch(/^ey/)
  })
})

describe('chooseSigningKey', () => {
  const keys = stepOf([
    key('first', 'ES256'),
    key('second', 'ES256'),
    key('later', 'ES256', { signsFrom: now }),
    key('last', 'ES256', { signsFrom: now + 10 }),
    key('other', 'ES384', { signsFrom: now + 5 }),
  ]).keys

  test.each([
    ['the first of two keys that began together', 'ES256', now - 1, 'first'],
    ['one that begins now', 'ES256', now, 'later'],
    ['no key before its time', 'ES256', now + 9, 'later'],
    ['the one that began last', 'ES256', now + 10, 'last'],
    ['no key of an algorithm before its time', 'ES384', now + 4, undefined],
    ['no key of another algorithm', 'RS256', now, undefined],
  ])('chooses %s', (_, alg, at, kid) => {
    expect(chooseSigningKey(keys, alg, at)?.kid).toBe(kid)
  })
})
