import { describe, expect, test, vi } from 'vitest'
import { type DpopJose, verifyDpopProof } from './verify-dpop-proof.ts'

const NOW = 1_764_000_000
const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const URI = 'https://api.example.com/orders'
const expected = { jkt: JKT, ath: 'digest', method: 'GET', targetUris: [URI], nowMs: NOW * 1000 }
const rules = { algorithms: ['ES256'], maxAgeSeconds: 60, leewaySeconds: 5 }
const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC' } }
const claims = { ath: 'digest', htm: 'GET', htu: URI, iat: NOW, jti: 'a' }

/** A fake JOSE library that accepts every signature. The packages that use a real library test with the real one. */
function createJose(payload: Readonly<Record<string, unknown>> = claims, thumbprint = JKT) {
  return {
    EmbeddedJWK: 'finds the key in the header',
    jwtVerify: vi.fn<DpopJose<string>['jwtVerify']>(() => Promise.resolve({ payload })),
    calculateJwkThumbprint: vi.fn(() => Promise.resolve(thumbprint)),
  }
}

function proofWith(head: object): string {
  const octets = new TextEncoder().encode(JSON.stringify(head))
  return `${btoa(String.fromCharCode(...octets)).replaceAll('=', '')}.AAAA.AAAA`
}

describe('verifyDpopProof', () => {
  test('returns jti, iat, htu and nonce for the caller to check', async () => {
    const jose = createJose({ ...claims, htu: 'HTTPS://api.example.com:443/orders?page=2', nonce: 'n' })
    const verdict = await verifyDpopProof(proofWith(header), expected, rules, jose)
    expect(verdict).toEqual({ proof: { jti: 'a', iat: NOW, htu: URI, nonce: 'n' }, complaint: undefined })
    expect(jose.jwtVerify).toHaveBeenCalledWith(proofWith(header), jose.EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(NOW * 1000),
      clockTolerance: 5,
    })
  })

  test("verifies no signature when the key is not the token's, and computes no thumbprint when there is no public key", async () => {
    const jose = createJose(claims, `${JKT.slice(0, -1)}A`)
    expect((await verifyDpopProof(proofWith(header), expected, rules, jose)).proof).toBeUndefined()
    expect(jose.jwtVerify).not.toHaveBeenCalled()
    jose.calculateJwkThumbprint.mockClear()
    for (const wrong of [
      { alg: 'HS256' },
      { alg: undefined },
      { jwk: undefined },
      { jwk: 'EC' },
      { jwk: {} },
      { jwk: { kty: 'EC', d: 'AAAA' } },
      { jwk: { kty: 'oct', k: 'AAAA' } },
    ]) {
      expect((await verifyDpopProof(proofWith({ ...header, ...wrong }), expected, rules, jose)).proof).toBeUndefined()
    }
    expect(jose.calculateJwkThumbprint).not.toHaveBeenCalled()
  })

  test.each([
    ['ath', 'another'],
    ['ath', undefined],
    ['htm', 'get'],
    ['htu', 'https://api.example.com/'],
    ['iat', NOW - 61],
    ['iat', NOW + 6],
    ['iat', Number.POSITIVE_INFINITY],
    ['iat', Number.NaN],
    ['iat', `${NOW}`],
    ['jti', ''],
    ['jti', 'x'.repeat(513)],
    ['nonce', null],
  ])('refuses %s %j, and names the rule and both values', async (name, value) => {
    const jose = createJose({ ...claims, [name]: value })
    const { proof, complaint } = await verifyDpopProof(proofWith(header), expected, rules, jose)
    expect(proof).toBeUndefined()
    expect(complaint).toEqual({
      rule: name,
      got: expect.stringMatching(/^[\x20-\x7e]{2,250}$/) as string,
      expected: expect.stringMatching(/\w/) as string,
      remedy: expect.stringContaining('sender') as string,
    })
  })

  test.each<[string, unknown, string, string]>([
    ['htm', 'get', '"get"', '"GET"'],
    ['htu', 'https://api.example.com/', '"https://api.example.com/"', `"${URI}"`],
    ['iat', NOW - 61, `${NOW - 61}, 61 s ago`, 'at most 60 s ago and 5 s ahead'],
    ['iat', NOW + 6, `${NOW + 6}, 6 s ahead`, 'at most 60 s ago and 5 s ahead'],
    ['jti', 'x'.repeat(513), 'a text of 513 characters', 'a text of 1 to 512 characters'],
    ['ath', 'another-digest', 'another value', 'the SHA-256 of the access token beside it'],
  ])('reports for %s the value it got and the value it expected', async (name, value, got, wanted) => {
    const jose = createJose({ ...claims, [name]: value })
    const { complaint } = await verifyDpopProof(proofWith(header), expected, rules, jose)
    expect(complaint).toMatchObject({ rule: name, got, expected: wanted })
  })

  test('names the expected key, and never quotes a private key', async () => {
    const own = { ...expected, jkt: 'another-thumbprint' }
    const { complaint } = await verifyDpopProof(proofWith(header), own, rules, createJose())
    expect(complaint).toMatchObject({
      rule: 'jwk',
      expected: expect.stringContaining('"another-thumbprint"') as string,
    })
    const leaky = proofWith({ ...header, jwk: { ...header.jwk, d: 'private-part' } })
    const refused = await verifyDpopProof(leaky, expected, rules, createJose())
    expect(refused.complaint?.rule).toBe('jwk')
    expect(JSON.stringify(refused)).not.toContain('private-part')
  })

  test.each([
    ['a thumbprint', { ...createJose(), calculateJwkThumbprint: () => Promise.reject(new Error('no key')) }],
    ['a signature', { ...createJose(), jwtVerify: () => Promise.reject(new Error('no signature')) }],
  ])('refuses a proof when the library cannot compute %s', async (_, jose) => {
    expect((await verifyDpopProof(proofWith(header), expected, rules, jose)).complaint?.rule).toMatch(
      /^(?:jwk|signature)$/,
    )
  })

  test('refuses a proof when the request has no method or no URI', async () => {
    const without = createJose({ ...claims, htm: undefined })
    const nowhere = { ...expected, method: undefined }
    expect((await verifyDpopProof(proofWith(header), nowhere, rules, without)).complaint?.rule).toBe('htm')
    const jose = createJose({ ...claims, htu: undefined })
    for (const targetUris of [[], ['/orders'], ['']]) {
      const { complaint } = await verifyDpopProof(proofWith(header), { ...expected, targetUris }, rules, jose)
      expect(complaint?.rule).toBe('htu')
    }
  })
})
