import { expect, test } from 'vitest'
import { sha256Base64url } from './sha256.ts'

// The first two are from FIPS 180-4, the third from RFC 9449 §7.1.
test.each([
  ['', '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'],
  ['abc', 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0'],
  ['Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU', 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo'],
])('sha256Base64url of %j', async (text, digest) => {
  expect(await sha256Base64url(new TextEncoder().encode(text))).toBe(digest)
})

test('sha256Base64url reads a part of a buffer', async () => {
  const part = new TextEncoder().encode('.abc.').subarray(1, 4)
  expect(await sha256Base64url(part)).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
})
