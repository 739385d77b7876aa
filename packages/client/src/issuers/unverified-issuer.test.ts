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
    ['a plain one', jwt(JSON.stringify({ iss }))],
    ['one without a signature', jwt(JSON.stringify({ iss }), '{"alg":"none"}', '')],
    ['one with white space in it', jwt(`\n{ "iss" : "${iss}" }`, ' { "alg": "RS256" }')],
    ['one with names from everywhere', jwt(JSON.stringify({ name: 'Zoë 🚲', iss }))],
    ['one with an escape in it', jwt('{"\\u0069ss":"https://as.example.com"}')],
  ])('reads the issuer of %s', (_, token) => {
    expect(readUnverifiedIssuer(token)).toEqual({ iss })
  })

  test('gives the issuer letter by letter', () => {
    for (const other of [`${iss}/`, 'HTTPS://as.example.com', `${iss}:443`, `${iss}\u0000`, '']) {
      expect(readUnverifiedIssuer(jwt(JSON.stringify({ iss: other })))).toEqual({ iss: other })
    }
  })

  test.each([
    ['two issuers', `{"iss":"${iss}","iss":"https://evil.example"}`],
    ['two issuers, one of them written with an escape', `{"iss":"https://evil.example","\\u0069ss":"${iss}"}`],
    ['a list of issuers', JSON.stringify({ iss: [iss] })],
    ['an issuer that is an object', JSON.stringify({ iss: { toString: iss } })],
    ['an issuer that is null', JSON.stringify({ iss: null })],
    ['none', JSON.stringify({ sub: 'alice' })],
    ['one below', JSON.stringify({ claims: { iss } })],
    ['one of its prototype', `{"__proto__":{"iss":"${iss}"}}`],
    ['a payload that is a list', JSON.stringify([{ iss }])],
    ['a payload that is no JSON', `iss=${iss}`],
    ['a payload that nests too deep', `{"iss":"${iss}","a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('takes none from a JWT with %s (AT-12)', (_, payload) => {
    expect(readUnverifiedIssuer(jwt(payload))).toEqual({ iss: undefined })
  })

  test.each([
    ['padding', `${btoa('{"alg":"ES256K"}')}.${encode(JSON.stringify({ iss }))}.c2ln`],
    [
      'bits that no octet has',
      `${encode('{"alg":"RS256"}')}.${encode(JSON.stringify({ iss, a: 1 })).replace(/.$/, 'R')}.c2ln`,
    ],
    ['two algorithms', jwt(JSON.stringify({ iss }), '{"alg":"RS256","alg":"none"}')],
  ])('takes none from a JWT with %s, which could be written in other ways', (_, token) => {
    expect(readUnverifiedIssuer(token)).toEqual({ iss: undefined })
  })

  test.each([
    ['white space before it', ` ${jwt(JSON.stringify({ iss }))}`],
    ['white space after it', `${jwt(JSON.stringify({ iss }))} `],
    ['a dot after it', `${jwt(JSON.stringify({ iss }))}.`],
    ['a character that is not base64', `${jwt(JSON.stringify({ iss }))}~`],
  ])('takes none from a JWT with %s, which a lenient server would read all the same', (_, token) => {
    expect(readUnverifiedIssuer(token)).toEqual({ iss: undefined })
  })

  test('takes none from a JWT that is not UTF-8', () => {
    const payload = btoa(`{"iss":"${iss}","name":"\xff"}`).replaceAll('=', '')
    expect(readUnverifiedIssuer(`${encode('{"alg":"RS256"}')}.${payload}.c2ln`)).toEqual({ iss: undefined })
  })

  test.each([
    ['without dots', '2YotnFZFEjr1zCsicMWpAA'],
    ['with two dots', 'v1.2YotnFZF.Ejr1zCsicMWpAA'],
    ['that is encrypted', `${encode('{"alg":"dir","enc":"A256GCM"}')}..a.b.c`],
    ['that begins with JSON which is no header', `${encode('{"user":1}')}.ZkYb1Q.c2ln`],
    ['that begins with JSON which is no object', `${encode('"alg"')}.${encode(JSON.stringify({ iss }))}.c2ln`],
    ['whose alg is no string', jwt(JSON.stringify({ iss }), '{"alg":["RS256"]}')],
    ['that is empty', ''],
    ['that is dots', '..'],
  ])('takes a token %s for an opaque one (AT-11)', (_, token) => {
    expect(readUnverifiedIssuer(token)).toBeUndefined()
  })

  test('throws for nothing', () => {
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
