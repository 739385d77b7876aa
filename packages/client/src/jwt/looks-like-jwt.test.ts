import { describe, expect, test } from 'vitest'
import { looksLikeJwt } from './looks-like-jwt.ts'

const encode = (text: string) => Buffer.from(text).toString('base64url')
const header = encode('{"alg":"ES256"}')

describe('looksLikeJwt', () => {
  test.each([
    ['with claims', `${header}.${encode('{}')}.AAAA`],
    ['without a signature', `${header}.${encode('{}')}.`],
    ['with padding', `${header}==.${encode('{}')}==.AA==`],
    ['with claims that are not JSON', `${header}.${encode('hello')}.AAAA`],
    ['with a duplicate name', `${encode('{"alg":"a","alg":"b"}')}.${encode('{}')}.AAAA`],
    ['with a header that is not ASCII', `${encode('{"alg":"é"}')}.${encode('{}')}.AAAA`],
    ['with alg none', `${encode('{"alg":"none"}')}.${encode('{}')}.`],
    ['with a space before it', ` ${header}.${header}.AAAA`],
    ['with a space after it', `${header}.${header}.AAAA `],
    ['with other characters in its header', `${header.slice(0, 4)}~${header.slice(4)}.${header}.AAAA`],
    ['with other characters in its claims', `${header}.~${header}.AAAA`],
    ['with other characters in its signature', `${header}.${header}.A~A`],
    ['with a dot after it', `${header}.${header}.AAAA.`],
    ['with an extra part', `${header}.${header}.a.b`],
    ['with two extra parts, not encrypted', `${header}.a.b.c.d`],
    ['without claims', `${header}..AAAA`],
    ['with enc, and the parts of a signed JWT', `${encode('{"alg":"ES256","enc":"A128GCM"}')}.${header}.AAAA`],
  ])('counts a token with alg in its header as a JWT: %s', (_, token) => {
    expect(looksLikeJwt(token)).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['dots', '..'],
    ['no dots', header],
    ['one dot', `${header}.${header}`],
    ['encrypted', `${encode('{"alg":"dir","enc":"A128GCM"}')}..a.b.c`],
    ['three words', 'an.opaque.token'],
    ['no alg in the header', `${encode('{"typ":"JWT"}')}.${header}.AAAA`],
    ['an alg that is not a string', `${encode('{"alg":1}')}.${header}.AAAA`],
    ['a list', `${encode('["alg"]')}.${header}.AAAA`],
    ['null', `${encode('null')}.${header}.AAAA`],
  ])('counts every other token as opaque: %s', (_, token) => {
    expect(looksLikeJwt(token)).toBe(false)
  })
})
