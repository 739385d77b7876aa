import { describe, expect, test } from 'vitest'
import * as node from './crypto.node.ts'
import * as web from './crypto.ts'

describe.each([
  ['node:crypto', node],
  ['WebCrypto', web],
])('sha256 by %s', (_, { sha256, sha256Key }) => {
  // The first two are from FIPS 180-4. Text counts as UTF-8 octets, with lone surrogates replaced.
  test.each([
    ['', '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'],
    ['abc', 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0'],
    ['é', 'SplVfkAzw1Od4utlRyAXytX5VX96BiWgnxw_biumnEw'],
    ['\ufffd', 'g9VEzMIjwFfSv4DT8qMpgsMsPA244mdIINpQZHg_sJc'],
  ])('of %j', async (text, digest) => {
    expect(await sha256(text)).toBe(digest)
    const key = await sha256Key(text)
    const octets = Buffer.from(digest, 'base64url').toString('latin1')
    expect([octets, digest]).toContain(key)
  })
})
