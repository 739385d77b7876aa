import { createPrivateKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { exportJWK, generateKeyPair, generateSecret, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { FAPI2_SIGNING_ALGS, RESPONSE_SIGNING_ALGS, type ResponseSigningAlg } from './signing-algorithms.ts'
import { resolveSigningKeys } from './signing-key.ts'

const path = 'response.jwt.keys'

function resolve(keys: unknown, algs: readonly ResponseSigningAlg[] = RESPONSE_SIGNING_ALGS) {
  return resolveSigningKeys(keys, path, algs)
}

/** A key pair in every accepted form. */
async function everyForm(alg: ResponseSigningAlg) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { privateKey, publicKey, jwk, keyObject: createPrivateKey({ key: jwk, format: 'jwk' }) }
}

function rsa(bits: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey
}

async function createShortCryptoKey() {
  const algorithm = { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }
  return (await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])).privateKey
}

function expectRefused(alg: string, key: unknown, complaint: string): void {
  expect(() => resolve([{ alg, kid: 'k', key }])).toThrow(`${path}[0].key: ${complaint}`)
}

describe.each(RESPONSE_SIGNING_ALGS.filter((alg) => !alg.startsWith('ML-DSA')))('a key for %s', (alg) => {
  test.each(['privateKey', 'jwk', 'keyObject'] as const)('signs as a %s', async (form) => {
    const { publicKey, ...key } = await everyForm(alg)
    const [resolved] = resolve([{ alg, kid: 'k', key: key[form] }])
    const data = new TextEncoder().encode('data')
    const signature = await resolved?.sign(data)
    const { algorithm } = resolved as NonNullable<typeof resolved>
    expect(
      await crypto.subtle.verify(algorithm.signing, publicKey as never, signature as Uint8Array<ArrayBuffer>, data),
    ).toBe(true)
    expect(signature?.byteLength).toBe(algorithm.signatureBytes ?? 256)
  })
})

const hasMlDsa = await generateKeyPair('ML-DSA-44').then(
  () => true,
  () => false,
)

describe.each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const)('a key for %s', (alg) => {
  test.skipIf(!hasMlDsa)('signs as a JWK', async () => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const [resolved] = resolve([{ alg, kid: 'k', key: await exportJWK(privateKey) }])
    const data = new TextEncoder().encode('data')
    const signature = (await resolved?.sign(data)) as Uint8Array<ArrayBuffer>
    expect(await crypto.subtle.verify({ name: alg }, publicKey as never, signature, data)).toBe(true)
    expect(signature.byteLength).toBe(resolved?.algorithm.signatureBytes)
  })
})

describe('resolveSigningKeys', () => {
  const es256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = es256.privateKey.export({ format: 'jwk' }) as JWK
  const usual = { alg: 'ES256', kid: 'k', key: jwk }
  const shortRsa = rsa(1024)

  test.each<[title: string, keys: unknown, complaint: string]>([
    ['no list', usual, `${path}: `],
    ['an empty list', [], `${path}: `],
    ['a value that is not an object', ['pem'], `${path}[0]: `],
    ['an unknown option', [{ ...usual, algorithm: 'ES256' }], `${path}[0].algorithm: `],
    ['no algorithm', [{ ...usual, alg: undefined }], `${path}[0].alg: `],
    ['none', [{ ...usual, alg: 'none' }], `${path}[0].alg: `],
    ['HS256', [{ ...usual, alg: 'HS256' }], `${path}[0].alg: `],
    ['a property name of every object as an algorithm', [{ ...usual, alg: 'toString' }], `${path}[0].alg: `],
    ['no kid', [{ ...usual, kid: undefined }], `${path}[0].kid: `],
    ['an empty kid', [{ ...usual, kid: '' }], `${path}[0].kid: `],
    ['the same kid twice', [usual, { ...usual, alg: 'ES256' }], `${path}[1].kid: occurs twice`],
    ['another kid than that of the JWK', [{ ...usual, key: { ...jwk, kid: 'other' } }], `${path}[0].kid: differs`],
    ['neither key nor sign', [{ ...usual, key: undefined }], `${path}[0].key: `],
    ['both key and sign', [{ ...usual, sign: () => Promise.resolve(new Uint8Array()) }], `${path}[0].key: `],
    ['a sign that is not a function', [{ alg: 'ES256', kid: 'k', sign: 'kms' }], `${path}[0].sign: `],
    ['a fraction of a second', [{ ...usual, signsFrom: 1.5 }], `${path}[0].signsFrom: `],
    ['PEM', [{ ...usual, key: '-----BEGIN PRIVATE KEY-----' }], `${path}[0].key: must be a private`],
    ['octets', [{ ...usual, key: new Uint8Array(32) }], `${path}[0].key: must be a private`],
    ['null', [{ ...usual, key: null }], `${path}[0].key: must be a private`],
    ['a public JWK', [{ ...usual, key: { ...jwk, d: undefined } }], `${path}[0].key: must be a private key`],
    ['a public KeyObject', [{ ...usual, key: es256.publicKey }], `${path}[0].key: must be a private key`],
    [
      'a secret KeyObject',
      [{ ...usual, key: createSecretKey(Buffer.alloc(32)) }],
      `${path}[0].key: must be a private key`,
    ],
    ['a secret JWK', [{ ...usual, key: { kty: 'oct', k: 'AAAA' } }], `${path}[0].key: is not a key for ES256`],
    ['a JWK of another curve', [{ ...usual, alg: 'ES384' }], `${path}[0].key: is not a key for ES384`],
    ['a JWK of another type', [{ ...usual, alg: 'RS256' }], `${path}[0].key: is not a key for RS256`],
    [
      'a JWK for another algorithm',
      [{ ...usual, key: { ...jwk, alg: 'ES384' } }],
      `${path}[0].key: is not a key for ES256`,
    ],
    ['a JWK for encryption', [{ ...usual, key: { ...jwk, use: 'enc' } }], `${path}[0].key: is not for signing`],
    [
      'a JWK whose key_ops do not allow signing',
      [{ ...usual, key: { ...jwk, key_ops: ['verify'] } }],
      `${path}[0].key: is not for signing`,
    ],
    [
      'a KeyObject of another curve',
      [{ ...usual, alg: 'ES512', key: es256.privateKey }],
      `${path}[0].key: is not a key for ES512`,
    ],
    [
      'a KeyObject of another type',
      [{ ...usual, alg: 'Ed25519', key: es256.privateKey }],
      `${path}[0].key: is not a key for Ed25519`,
    ],
    [
      'a short RSA KeyObject (FAPI-04)',
      [{ alg: 'PS256', kid: 'k', key: shortRsa }],
      `${path}[0].key: an RSA key needs`,
    ],
    [
      'a short RSA JWK (FAPI-04)',
      [{ alg: 'RS256', kid: 'k', key: shortRsa.export({ format: 'jwk' }) }],
      `${path}[0].key: an RSA key needs`,
    ],
  ])('refuses %s', (_, keys, complaint) => {
    expect(() => resolve(keys)).toThrow(TypeError)
    expect(() => resolve(keys)).toThrow(complaint)
  })

  test('refuses CryptoKeys that are public, short, symmetric, for another purpose or not for signing', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const { privateKey: forEncryption } = await generateKeyPair('ECDH-ES')
    const { privateKey: hash512 } = await generateKeyPair('RS512')
    const secret = await generateSecret('HS256')
    expectRefused('ES256', publicKey, 'must be a private key')
    expectRefused('ES256', secret, 'must be a private key')
    expectRefused('ES256', forEncryption, 'is not a key for ES256')
    expectRefused('ES384', privateKey, 'is not a key for ES384')
    expectRefused('RS256', hash512, 'is not a key for RS256')
    expectRefused('PS512', hash512, 'is not a key for PS512')
    expectRefused('PS256', await createShortCryptoKey(), 'an RSA key needs')
  })

  test('accepts RSA keys from 2048 bits on, in every form', async () => {
    const key = rsa(2048)
    for (const each of [key, key.export({ format: 'jwk' })] satisfies (KeyObject | JWK)[]) {
      expect(resolve([{ alg: 'RS256', kid: 'k', key: each }])).toHaveLength(1)
    }
    expect(resolve([{ alg: 'RS256', kid: 'k', key: (await generateKeyPair('RS256')).privateKey }])).toHaveLength(1)
  })

  test.each(RESPONSE_SIGNING_ALGS)('with FAPI 2.0, accepts %s only if FAPI allows it (FAPI-04)', (alg) => {
    const key = { alg, kid: 'k', sign: () => Promise.resolve(new Uint8Array()) }
    if (FAPI2_SIGNING_ALGS.includes(alg)) expect(resolve([key], FAPI2_SIGNING_ALGS)).toHaveLength(1)
    else
      expect(() => resolve([key], FAPI2_SIGNING_ALGS)).toThrow(
        `${path}[0].alg: must be one of PS256, ES256, EdDSA, Ed25519`,
      )
  })

  test('signs with a KeyObject when the runtime cannot convert it to a CryptoKey', async () => {
    const { type, asymmetricKeyType, asymmetricKeyDetails } = es256.privateKey
    const keyObject = {
      [Symbol.toStringTag]: 'KeyObject',
      type,
      asymmetricKeyType,
      asymmetricKeyDetails,
      export: () => jwk,
    }
    const [resolved] = resolve([{ ...usual, key: keyObject }])
    expect((await resolved?.sign(new Uint8Array([1])))?.byteLength).toBe(64)
  })

  test('reads the key once and freezes nothing of the caller', async () => {
    const mutable = { ...jwk }
    const [resolved] = resolve([{ alg: 'ES256', kid: 'k', key: mutable }])
    delete mutable.d
    const signature = (await resolved?.sign(new Uint8Array([1]))) as Uint8Array<ArrayBuffer>
    expect(Object.isFrozen(mutable)).toBe(false)
    expect(signature.byteLength).toBe(64)
  })

  test('does not quote the key in an error', () => {
    let message = ''
    try {
      resolve([{ ...usual, key: { ...jwk, use: 'enc' } }])
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).not.toBe('')
    for (const secret of [jwk.d, jwk.x, jwk.y]) expect(message).not.toContain(String(secret))
  })
})
