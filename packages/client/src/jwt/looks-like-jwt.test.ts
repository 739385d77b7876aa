import { describe, expect, test } from 'vitest'
import { looksLikeJwt } from './looks-like-jwt.ts'

const encode = (text: string) => Buffer.from(text).toString('base64url')
const header = encode('{"alg":"ES256"}')

describe('looksLikeJwt', () => {
  test.each([
    ['with claims', `${header}.${encode('{}')}.AAAA`],
    ['without a signature', `${header}.${encode('{}')}.`],
    ['with padding', `${header}==.${encode('{}')}==.AA==`],
    ['with claims that are none', `${header}.${encode('hello')}.AAAA`],
    ['with a name twice', `${encode('{"alg":"a","alg":"b"}')}.${encode('{}')}.AAAA`],
    ['with a header that is no ASCII', `${encode('{"alg":"é"}')}.${encode('{}')}.AAAA`],
    ['with alg none', `${encode('{"alg":"none"}')}.${encode('{}')}.`],
    ['with a space before it', ` ${header}.${header}.AAAA`],
    ['with a space after it', `${header}.${header}.AAAA `],
    ['with other characters in its header', `${header.slice(0, 4)}~${header.slice(4)}.${header}.AAAA`],
    ['with other characters in its claims', `${header}.~${header}.AAAA`],
    ['with other characters in its signature', `${header}.${header}.A~A`],
    ['with a dot after it', `${header}.${header}.AAAA.`],
    ['with a part too much', `${header}.${header}.a.b`],
    ['with two parts too much, not encrypted', `${header}.a.b.c.d`],
    ['without claims', `${header}..AAAA`],
    ['with enc, and the parts of a signed one', `${encode('{"alg":"ES256","enc":"A128GCM"}')}.${header}.AAAA`],
  ])('takes what has a header with alg for a JWT: %s', (_, token) => {
    expect(looksLikeJwt(token)).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['dots', '..'],
    ['no dots', header],
    ['one dot', `${header}.${header}`],
    ['encrypted', `${encode('{"alg":"dir","enc":"A128GCM"}')}..a.b.c`],
    ['three words', 'an.opaque.token'],
    ['no alg', `${encode('{"typ":"JWT"}')}.${header}.AAAA`],
    ['alg that is no text', `${encode('{"alg":1}')}.${header}.AAAA`],
    ['a list', `${encode('["alg"]')}.${header}.AAAA`],
    ['null', `${encode('null')}.${header}.AAAA`],
  ])('takes everything else for opaque: %s', (_, token) => {
    expect(looksLikeJwt(token)).toBe(false)
  })
})
