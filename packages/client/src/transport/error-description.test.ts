import { describe, expect, test } from 'vitest'
import { errorDescriptionOf } from './error-description.ts'
import type { SentRequest } from './without-secrets.ts'

const token = '2YotnFZFEjr1zCsicMWpAA+/=='
const secret = 's3cr3t: and more & more'
const assertion = `eyJhbGciOiJFUzI1NiJ9.${'p'.repeat(40)}.${'s'.repeat(86)}`
const basic = `Basic ${btoa(`orders-api:${encodeURIComponent(secret)}`)}`
const sent = {
  headers: { accept: 'application/json', authorization: basic, 'x-tenant': 'acme-internal' },
  body: new URLSearchParams({ token, client_assertion: assertion, client_id: 'orders-api', pin: '1234' }).toString(),
}

function described(description: unknown, requests: readonly SentRequest[] = [sent]): string | undefined {
  return errorDescriptionOf(
    new TextEncoder().encode(JSON.stringify({ error: 'x', error_description: description })),
    requests,
  )
}

describe('errorDescriptionOf', () => {
  test.each([
    ['a sentence', 'no client authentication mechanism provided', 'no client authentication mechanism provided'],
    ['the client identifier', 'orders-api may not', 'orders-api may not'],
    [
      'a media type',
      'wants Accept: application/token-introspection+jwt',
      'wants Accept: application/token-introspection+jwt',
    ],
    ['a number with the PIN in it', '12345 and 1234', '12345 and [sent]'],
    ['quotation marks', 'the "token" is bad', 'the "token" is bad'],
    ['a line break and other characters', 'a\r\nb \u001b[31m\u202e é', 'a??b ?[31m? ?'],
    ['the token', `token ${token} is bad`, 'token [sent] is bad'],
    ['the token in its form encoding', `token=${encodeURIComponent(token)} is bad`, 'token=[sent] is bad'],
    ['the beginning of the token', `token ${token.slice(0, 12)}... is bad`, 'token [sent]... is bad'],
    ['the end of the token', `token ..${token.slice(-10)}`, 'token ..[sent]'],
    ['the secret', `wrong secret ${secret}`, 'wrong secret [sent]'],
    [
      'the secret in its form encoding',
      `wrong ${new URLSearchParams([['', secret]]).toString().slice(1)}`,
      'wrong [sent]',
    ],
    ['the header', `bad header ${basic}`, 'bad header Basic [sent]'],
    ['the credentials', `bad ${basic.slice(6)}`, 'bad [sent]'],
    ['the assertion', `bad ${assertion}!`, 'bad [sent]!'],
    ['a header field of the application', 'unknown tenant acme-internal', 'unknown tenant [sent]'],
    ['a text without sent values', token, '[sent]'],
  ])('repeats %s without secrets', (_, description, told) => {
    expect(described(description)).toBe(told)
  })

  test('considers every request that was sent', () => {
    const first = { headers: {}, body: 'token=first-token-of-them' }
    expect(described(`first-token-of-them and ${token}`, [first, sent])).toBe('[sent] and [sent]')
  })

  test('is limited in length, also when that cuts a secret', () => {
    expect(described('a'.repeat(5000))).toBe(`${'a'.repeat(200)}...`)
    const long = described(`${'- '.repeat(98)}${token}`)
    expect(long).not.toContain(token.slice(0, 4))
  })

  test.each([[undefined], [null], [42], [['text']], [''], [' ']])('repeats nothing of %j', (description) => {
    expect(described(description)).toBeUndefined()
  })

  test.each(['', '[]', 'null', '<html>', '"text"', '{"__proto__":{"error_description":"x"}}'])(
    'repeats nothing of the body %s',
    (body) => {
      expect(errorDescriptionOf(new TextEncoder().encode(body), [sent])).toBeUndefined()
    },
  )
})
