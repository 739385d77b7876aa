import { describe, expect, test } from 'vitest'
import * as node from './crypto.node.ts'
import * as web from './crypto.ts'

describe.each([
  ['node:crypto', node],
  ['WebCrypto', web],
])('digests by %s', (_, { sha256, sha256Base64Url, equalDigests }) => {
  // The first two from FIPS 180-4, the others from `openssl dgst`; UTF-8 octets, lone surrogates replaced.
  test.each([
    ['', '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'],
    ['abc', 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0'],
    ['é', 'SplVfkAzw1Od4utlRyAXytX5VX96BiWgnxw_biumnEw'],
    ['\ufffd', 'g9VEzMIjwFfSv4DT8qMpgsMsPA244mdIINpQZHg_sJc'],
  ])('of %j', async (text, digest) => {
    expect(await sha256Base64Url(text)).toBe(digest)
    expect(Buffer.from(await sha256(text)).toString('base64url')).toBe(digest)
  })

  test('are compared octet by octet', async () => {
    const [a, b] = [await sha256('a'), await sha256('b')]
    expect(equalDigests(a, await sha256('a'))).toBe(true)
    expect(equalDigests(a, b)).toBe(false)
    for (const index of a.keys()) {
      const other = Uint8Array.from(a, (octet, at) => (at === index ? octet ^ 1 : octet))
      expect(equalDigests(a, other)).toBe(false)
    }
  })
})
