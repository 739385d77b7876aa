import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readUnverifiedIssuer } from './unverified-issuer.ts'

const iss = 'https://as.example.com'

function encode(text: string): string {
  const octets = new TextEncoder().encode(text)
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function jwt(payload: string, header = '{"alg":"RS256","typ":"at+jwt"}', signature = 'c2ln'): string {
  return `${encode(header)}.${encode(payload)}.${signature}`
}

describe('readUnverifiedIssuer', () => {
  test.each([
    ['an ordinary form', jwt(JSON.stringify({ iss }))],
    ['one without a signature', jwt(JSON.stringify({ iss }), '{"alg":"none"}', '')],
    ['one with white space in it', jwt(`\n{ "iss" : "${iss}" }`, ' { "alg": "RS256" }')],
    ['member names from many standards', jwt(JSON.stringify({ name: 'Zoë 🚲', iss }))],
    ['an escape in a name', jwt('{"\\u0069ss":"https://as.example.com"}')],
  ])('reads the issuer of a JWT with %s', (_, token) => {
    expect(readUnverifiedIssuer(token)).toEqual({ iss })
  })

  test('returns the issuer unchanged', () => {
    for (const other of [`${iss}/`, 'HTTPS://as.example.com', `${iss}:443`, `${iss}\u0000`, '']) {
      expect(readUnverifiedIssuer(jwt(JSON.stringify({ iss: other })))).toEqual({ iss: other })
    }
  })

  test.each([
    ['two issuers', `{"iss":"${iss}","iss":"https://evil.example"}`],
    ['two issuers, one of them written with an escape', `{"iss":"https://evil.example","\\u0069ss":"${iss}"}`],
    ['an array of issuers', JSON.stringify({ iss: [iss] })],
    ['an issuer that is an object', JSON.stringify({ iss: { toString: iss } })],
    ['an issuer that is null', JSON.stringify({ iss: null })],
    ['none', JSON.stringify({ sub: 'alice' })],
    ['an issuer in a nested object', JSON.stringify({ claims: { iss } })],
    ['an issuer in a __proto__ member', `{"__proto__":{"iss":"${iss}"}}`],
    ['a payload that is an array', JSON.stringify([{ iss }])],
    ['a payload that is not JSON', `iss=${iss}`],
    ['a payload that nests too deep', `{"iss":"${iss}","a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('reads no issuer from a JWT with %s (AT-12)', (_, payload) => {
    expect(readUnverifiedIssuer(jwt(payload))).toEqual({ iss: undefined })
  })

  test.each([
    ['padding', `${btoa('{"alg":"ES256K"}')}.${encode(JSON.stringify({ iss }))}.c2ln`],
    [
      'spare bits set in its encoding',
      `${encode('{"alg":"RS256"}')}.${encode(JSON.stringify({ iss, a: 1 })).replace(/.$/, 'R')}.c2ln`,
    ],
    ['two algorithms', jwt(JSON.stringify({ iss }), '{"alg":"RS256","alg":"none"}')],
  ])('reads no issuer from a JWT with %s, which could be written in other ways', (_, token) => {
    expect(readUnverifiedIssuer(token)).toEqual({ iss: undefined })
  })

  test.each([
    ['white space before it', ` ${jwt(JSON.stringify({ iss }))}`],
    ['white space after it', `${jwt(JSON.stringify({ iss }))} `],
    ['a dot after it', `${jwt(JSON.stringify({ iss }))}.`],
    ['a character that is not base64', `${jwt(JSON.stringify({ iss }))}~`],
  ])('reads no issuer from a JWT with %s, which a lenient server would still accept', (_, token) => {
    expect(readUnverifiedIssuer(token)).toEqual({ iss: undefined })
  })

  test('reads no issuer from a JWT that is not UTF-8', () => {
    const payload = btoa(`{"iss":"${iss}","name":"\xff"}`).replaceAll('=', '')
    expect(readUnverifiedIssuer(`${encode('{"alg":"RS256"}')}.${payload}.c2ln`)).toEqual({ iss: undefined })
  })

  test.each([
    ['without dots', '2YotnFZFEjr1zCsicMWpAA'],
    ['with two dots', 'v1.2YotnFZF.Ejr1zCsicMWpAA'],
    ['that is encrypted', `${encode('{"alg":"dir","enc":"A256GCM"}')}..a.b.c`],
    ['that begins with JSON other than a header', `${encode('{"user":1}')}.ZkYb1Q.c2ln`],
    ['that begins with JSON other than an object', `${encode('"alg"')}.${encode(JSON.stringify({ iss }))}.c2ln`],
    ['whose alg is not a string', jwt(JSON.stringify({ iss }), '{"alg":["RS256"]}')],
    ['that is empty', ''],
    ['of dots only', '..'],
  ])('treats a token %s as opaque (AT-11)', (_, token) => {
    expect(readUnverifiedIssuer(token)).toBeUndefined()
  })

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.base64String(), { maxLength: 4 }).map((parts) => parts.join('.')),
        ),
        (token) => {
          const read = readUnverifiedIssuer(token)
          expect(read === undefined || read.iss === undefined || typeof read.iss === 'string').toBe(true)
        },
      ),
    )
    fc.assert(
      fc.property(fc.json(), fc.json(), (header, payload) => {
        expect(() => readUnverifiedIssuer(jwt(payload, header))).not.toThrow()
      }),
    )
  })
})
