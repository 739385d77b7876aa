import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { importPKCS8 } from 'jose'
import { describe, expect, test } from 'vitest'
import { toPkcs8Pem } from './to-pkcs8-pem.ts'

describe('toPkcs8Pem', () => {
  test.each([512, 1024, 2048, 3072, 4096])('converts PKCS #1 as Node does, with %d bits', (modulusLength) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength })
    const made = toPkcs8Pem(privateKey.export({ type: 'pkcs1', format: 'pem' }) as string)
    expect(made).toBe(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  })

  test('returns a key that Web Crypto reads, also from Windows line ends', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = (privateKey.export({ type: 'pkcs1', format: 'pem' }) as string).replaceAll('\n', '\r\n')
    const made = toPkcs8Pem(pem) as string
    expect(await importPKCS8(made, 'RS256')).toMatchObject({ type: 'private' })
    expect(createPrivateKey(made).equals(privateKey)).toBe(true)
  })

  test('does not change PKCS #8', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    expect(toPkcs8Pem(pem)).toBe(pem)
  })

  test.each([
    ['nothing', ''],
    ['text', 'key'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['an EC key', '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----'],
    ['two kinds of key in one PEM', '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    [
      'an encrypted key',
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----',
    ],
    ['broken base64', '-----BEGIN RSA PRIVATE KEY-----\nA=AA\n-----END RSA PRIVATE KEY-----'],
    ['two keys', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'.repeat(2)],
  ])('returns undefined for %s', (_, pem) => {
    expect(toPkcs8Pem(pem)).toBeUndefined()
  })
})
