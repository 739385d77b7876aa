import { compactDecrypt, decodeProtectedHeader, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import type { KeyHolder } from '../keys/jwks-loader.ts'
import { type EncryptionCaller, type EncryptionStep, encryptResponse } from './encrypt-response.ts'
import { RESPONSE_ENCRYPTION_ALGS, RESPONSE_ENCRYPTION_ENCS } from './encryption-key.ts'
import { SameSecond } from './same-second.ts'

const now = 1_764_000_000
const signed = `ey.${'e30'.repeat(100)}.c2ln`
const encryption = expect.objectContaining({ code: 'ERR_RESPONSE_ENCRYPTION', retryable: false }) as Error
const unavailable = expect.objectContaining({ code: 'ERR_RESPONSE_KEYS_UNAVAILABLE', retryable: true }) as Error

function stepOf(load: EncryptionStep['jwks']['load'] = ({ jwks }: KeyHolder) => jwks as JSONWebKeySet): EncryptionStep {
  return { jwks: { load }, timeoutMs: 50, now: () => now, encrypted: new SameSecond(10) }
}

async function keyPair(alg: string, more: Partial<JWK> = {}) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), ...more } }
}

const ecdh = await keyPair('ECDH-ES', { kid: 'rs-1', use: 'enc' })
const caller: EncryptionCaller = { introspectionEncryptedResponseAlg: 'ECDH-ES', jwks: { keys: [ecdh.jwk] } }
const plain = async (jwe: string) => new TextDecoder().decode((await compactDecrypt(jwe, ecdh.privateKey)).plaintext)

describe('encryptResponse', () => {
  test.each([
    {},
    { introspectionEncryptedResponseAlg: undefined },
    { introspectionEncryptedResponseAlg: null, introspectionEncryptedResponseEnc: null },
  ])('does not change the answer for a protected resource that registers %j', (registered) => {
    expect(encryptResponse(signed, registered as EncryptionCaller, stepOf())).toBe(signed)
  })

  test.each(RESPONSE_ENCRYPTION_ALGS.flatMap((alg) => RESPONSE_ENCRYPTION_ENCS.map((enc) => [alg, enc] as const)))(
    'encrypts with %s and %s for the key of the caller',
    async (alg, enc) => {
      const { privateKey, jwk } = await keyPair(alg, { kid: 'k' })
      const registered = {
        introspectionEncryptedResponseAlg: alg,
        introspectionEncryptedResponseEnc: enc,
        jwks: { keys: [jwk] },
      }
      const jwe = await encryptResponse(signed, registered, stepOf())
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey)
      expect(new TextDecoder().decode(plaintext)).toBe(signed)
      expect(protectedHeader).toMatchObject({ alg, enc, cty: 'JWT', kid: 'k' })
    },
  )

  test('encrypts with A128CBC-HS256 unless another is registered (JWT-27)', async () => {
    expect(decodeProtectedHeader(await encryptResponse(signed, caller, stepOf())).enc).toBe('A128CBC-HS256')
  })

  test('does not compress (JOSE-05)', async () => {
    const jwe = await encryptResponse(signed, caller, stepOf())
    expect(decodeProtectedHeader(jwe)).not.toHaveProperty('zip')
    expect(Buffer.from(jwe.split('.')[3] ?? '', 'base64url').byteLength).toBeGreaterThanOrEqual(signed.length)
  })

  test('has no kid when the key has none', async () => {
    const { kid: _, ...jwk } = ecdh.jwk
    const jwe = await encryptResponse(signed, { ...caller, jwks: { keys: [jwk] } }, stepOf())
    expect(decodeProtectedHeader(jwe)).not.toHaveProperty('kid')
    expect(await plain(jwe)).toBe(signed)
  })

  test('uses only the public part of a key that was published with its private part, and freezes nothing', async () => {
    const { privateKey } = await keyPair('ECDH-ES')
    const jwk = await exportJWK(privateKey)
    const jwe = await encryptResponse(signed, { ...caller, jwks: { keys: [jwk] } }, stepOf())
    expect(new TextDecoder().decode((await compactDecrypt(jwe, privateKey)).plaintext)).toBe(signed)
    expect(Object.isFrozen(jwk)).toBe(false)
  })

  test('fetches the keys again, once, when no key of the set fits', async () => {
    const load = vi.fn((_: KeyHolder, refresh = false) => ({ keys: refresh ? [ecdh.jwk] : [] }))
    expect(await plain(await encryptResponse(signed, caller, stepOf(load)))).toBe(signed)
    expect(load.mock.calls).toEqual([
      [caller, false],
      [caller, true],
    ])
  })

  test.each<[title: string, registered: object]>([
    ['RSA1_5', { introspectionEncryptedResponseAlg: 'RSA1_5' }],
    ['dir', { introspectionEncryptedResponseAlg: 'dir' }],
    ['a shared secret', { introspectionEncryptedResponseAlg: 'A256KW' }],
    ['a password', { introspectionEncryptedResponseAlg: 'PBES2-HS256+A128KW' }],
    ['an unknown algorithm', { introspectionEncryptedResponseAlg: 'toString' }],
    [
      'a content encryption without an algorithm (JWT-27)',
      { introspectionEncryptedResponseAlg: undefined, introspectionEncryptedResponseEnc: 'A256GCM' },
    ],
    ['an unknown content encryption', { introspectionEncryptedResponseEnc: 'A256CTR' }],
    ['keys none of which fits', { jwks: { keys: [{ ...ecdh.jwk, use: 'sig' }] } }],
    ['a key that is not on its curve', { jwks: { keys: [{ ...ecdh.jwk, y: ecdh.jwk.x }] } }],
    ['a key with half a coordinate', { jwks: { keys: [{ ...ecdh.jwk, x: 'AA' }] } }],
  ])('fails for %s', async (_, registered) => {
    const encrypting = async () => await encryptResponse(signed, { ...caller, ...registered }, stepOf())
    await expect(encrypting()).rejects.toThrow(encryption)
  })

  test.each<[title: string, load: EncryptionStep['jwks']['load']]>([
    ['rejects', () => Promise.reject(new Error('fetch'))],
    [
      'throws',
      () => {
        throw new Error('fetch')
      },
    ],
    ['never answers', () => new Promise(() => undefined)],
  ])('fails without keys when the loader %s', async (_, load) => {
    await expect(encryptResponse(signed, caller, stepOf(load))).rejects.toThrow(unavailable)
  })

  test('encrypts the same answer once per second, and again for another key or algorithm', async () => {
    const step = stepOf()
    const other = await keyPair('ECDH-ES')
    const first = await encryptResponse(signed, caller, step)
    expect(await encryptResponse(signed, { ...caller }, step)).toBe(first)
    const others: [string, EncryptionCaller][] = [
      [signed, { ...caller, jwks: { keys: [other.jwk] } }],
      [signed, { ...caller, introspectionEncryptedResponseEnc: 'A256GCM' }],
      [signed, { ...caller, introspectionEncryptedResponseAlg: 'ECDH-ES+A128KW' }],
      [`${signed}x`, caller],
    ]
    const answers = await Promise.all(others.map(async ([text, each]) => await encryptResponse(text, each, step)))
    expect(new Set([first, ...answers]).size).toBe(5)
  })
})
