import { describe, expect, test } from 'vitest'
import { KnownSecrets } from './known-secrets.ts'
import { spellingsOf } from './spellings.ts'

const SECRET = 'a secret: 100%é/+'
const octets = Buffer.from(SECRET)

describe('a secret is found', () => {
  test.each([
    ['as it is', SECRET],
    ['in a form', new URLSearchParams({ s: SECRET }).toString().slice(2)],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a URL with lower-case digits', encodeURIComponent(SECRET).replaceAll(/%../g, (each) => each.toLowerCase())],
    ['in a URL with every octet escaped', octets.toString('hex').replaceAll(/../g, '%$&')],
    ['in hexadecimal', octets.toString('hex')],
    ['in JSON with every character escaped', SECRET.replaceAll(/./gu, (each) => `\\u${hex4(each)}`)],
  ])('%s', (_, spelling) => {
    expect(spellingsOf(SECRET)).toContain(spelling)
  })

  test.each([0, 1, 2, 3, 4, 5])('in Base64, after %d other octets', (before) => {
    const all = Buffer.concat([Buffer.from('x'.repeat(before)), octets, Buffer.from('yz')])
    for (const encoding of ['base64', 'base64url'] as const) {
      const spelt = all.toString(encoding)
      expect(spellingsOf(SECRET).some((spelling) => spelt.includes(spelling))).toBe(true)
    }
  })
})

describe('a part of a secret', () => {
  const token = 'mF_9.B5f-4.1JqM.2YotnFZFEjr1zCsicMWpAA'
  const secrets = new KnownSecrets()
  secrets.add(token, 'token')

  test.each([
    ['at its beginning', token.slice(0, 12)],
    ['at its end', token.slice(-12)],
    ['in its middle', token.slice(9, 23)],
    ['in Base64', Buffer.from(token).toString('base64').slice(5, 25)],
  ])('%s is hidden', (_, part) => {
    expect(secrets.hide(`before ${part} after`)).toBe('before (token) after')
  })

  test('is hidden in each of two members', () => {
    expect(secrets.hide(JSON.stringify({ a: token.slice(0, 19), b: token.slice(19) }))).toBe(
      '{"a":"(token)","b":"(token)"}',
    )
  })

  test('stays when it is so short that it may be there by chance', () => {
    expect(secrets.hide(token.slice(0, 9))).toBe(token.slice(0, 9))
  })

  test('stays when it is the identifier of the client', () => {
    const known = new KnownSecrets()
    known.addClientSecret('orders-api', 'orders-api-s3cret')
    expect(known.hide('orders-api has orders-api-s3cret')).toBe('orders-api has (secret of orders-api)')
  })

  test('of a very long token is hidden when it is long, too', () => {
    const long = Array.from({ length: 10_000 }, (_, index) => (index * 7919).toString(36)).join('')
    const known = new KnownSecrets()
    known.add(long, 'token')
    expect(known.hide(`before ${long.slice(12_345, 12_600)} after`)).toBe('before (token) after')
  })
})

function hex4(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0')
}
