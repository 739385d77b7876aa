import { describe, expect, test } from 'vitest'
import { normalizeDistinguishedName, normalizeSubject } from './distinguished-name.ts'

describe('normalizeDistinguishedName', () => {
  test.each([
    ['case', 'CN=Orders,O=Example', 'cn=ORDERS,o=example'],
    ['white space', 'CN=a  b, O = Example ', 'CN=a b,O=Example'],
    ['names and object identifiers of types', 'commonName=a,2.5.4.10=b,E=c@d', 'CN=a,O=b,emailAddress=c@d'],
    ['ways to escape', String.raw`CN=a\,b\2Bc\C3\A9`, String.raw`CN=a\2Cb\+cé`],
    ['the order within one relative name', 'CN=a+OU=b,O=c', 'OU=b+CN=a,O=c'],
    ['compatibility characters', 'CN=Ａ', 'CN=A'],
  ])('ignores differences in %s', (_, one, other) => {
    expect(normalizeDistinguishedName(one)).toBe(normalizeDistinguishedName(other))
    expect(normalizeDistinguishedName(one)).toBeDefined()
  })

  test.each([
    ['order', 'CN=a,O=b', 'O=b,CN=a'],
    ['two relative names and one of two', 'CN=a,OU=b', 'CN=a+OU=b'],
    ['an escaped separator', String.raw`CN=a\,O=b`, 'CN=a,O=b'],
    ['an escaped plus', String.raw`CN=a\+O=b`, 'CN=a+O=b'],
    ['a part', 'CN=a,O=b', 'CN=a'],
    ['types', 'CN=a', 'OU=a'],
    ['a quote that could end a value in the comparable form', 'CN=a","cn=b', 'CN=a,CN=b'],
  ])('distinguishes %s', (_, one, other) => {
    expect(normalizeDistinguishedName(one)).not.toBe(normalizeDistinguishedName(other))
  })

  test.each([
    '',
    'orders',
    'CN=',
    '=a',
    'CN=a,',
    ',CN=a',
    'CN=#0401',
    'CN="a"',
    String.raw`CN=a\z`,
    String.raw`CN=a\C3`,
    'C N=a',
    'CN=a\\',
  ])('refuses %j', (text) => {
    expect(normalizeDistinguishedName(text)).toBeUndefined()
  })

  test('gives the same form as normalizeSubject', () => {
    expect(normalizeSubject('C=NL\nO=Example\\, Inc.\nOU=a + CN=b')).toBe(
      normalizeDistinguishedName(String.raw`CN=b+OU=a,O=Example\, Inc.,C=NL`),
    )
    expect(normalizeSubject('')).toBeUndefined()
  })
})
