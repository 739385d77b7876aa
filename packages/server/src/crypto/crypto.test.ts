import { describe, expect, test } from 'vitest'
import * as node from './crypto.node.ts'
import * as web from './crypto.ts'

describe.each([
  ['node:crypto', node],
  ['WebCrypto', web],
])('digests by %s', (_, { sha256, hmacSha256 }) => {
  // The first two are from FIPS 180-4, the others from `openssl dgst` over UTF-8 octets with lone surrogates replaced.
  test.each([
    ['', '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'],
    ['abc', 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0'],
    ['é', 'SplVfkAzw1Od4utlRyAXytX5VX96BiWgnxw_biumnEw'],
    ['\ufffd', 'g9VEzMIjwFfSv4DT8qMpgsMsPA244mdIINpQZHg_sJc'],
  ])('of %j', async (text, digest) => {
    expect(await sha256(text)).toBe(digest)
  })

  // RFC 4231 §4.2, §4.3 and §4.7. The last has a key longer than a block.
  test.each([
    ['\u000b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    [
      '\u00aa'.repeat(131),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('with the key %j, of %j', async (key, text, expected) => {
    const octets = Uint8Array.from(key, (character) => character.charCodeAt(0))
    const hmac = hmacSha256(octets)
    octets.fill(0)
    expect(Buffer.from(await hmac(text)).toString('hex')).toBe(expected)
    expect(Buffer.from(await hmac(text)).toString('hex')).toBe(expected)
  })
})

describe.each([
  ['Buffer', node],
  ['btoa', web],
])('base64url by %s', (_, { base64url }) => {
  test.each([
    ['nothing', '', ''],
    ['one octet', 'f', 'Zg'],
    ['the two characters that only base64url has', '???>>>', 'Pz8_Pj4-'],
    ['UTF-8', 'é€😀', 'w6nigqzwn5iA'],
  ])('encodes %s', (__, text, encoded) => {
    expect(base64url(text)).toBe(encoded)
    expect(base64url(new TextEncoder().encode(text))).toBe(encoded)
  })

  test('encodes a part of a buffer', () => {
    expect(base64url(new TextEncoder().encode('abcdef').subarray(1, 3))).toBe('YmM')
  })
})
