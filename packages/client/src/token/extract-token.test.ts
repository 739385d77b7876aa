import { describe, expect, test } from 'vitest'
import { extractToken as extractFrom, type TokenSources } from './extract-token.ts'
import type { GuardRequest, RequestForm } from './guard-request.ts'

const headerAlone = { header: true, dpop: false, form: false, query: false, fields: [], cookie: undefined }

function extractToken(request: GuardRequest, sources: Partial<TokenSources> = {}, form?: RequestForm) {
  return extractFrom(request, { ...headerAlone, ...sources }, form)
}

function extract(field: string | null | undefined) {
  const asked: string[] = []
  const presented = extractToken({
    headers: {
      get(name) {
        asked.push(name)
        return field
      },
    },
  })
  expect(asked).toEqual(['authorization'])
  return presented
}

function bearing(field: string): GuardRequest {
  return { headers: { get: () => field } }
}

describe('extractToken', () => {
  test.each([
    ['the scheme as registered', 'Bearer mF_9.B5f-4.1JqM', 'mF_9.B5f-4.1JqM'],
    ['the scheme in lower case', 'bearer abc', 'abc'],
    ['the scheme in upper case', 'BEARER abc', 'abc'],
    ['several spaces', 'Bearer   abc', 'abc'],
    ['every character of token68', 'Bearer azAZ09-._~+/==', 'azAZ09-._~+/=='],
    ['a token that looks like a scheme', 'Bearer Bearer', 'Bearer'],
    ['padding alone after one character', 'Bearer a====', 'a===='],
  ])('reads a token with %s', (_, field, token) => {
    expect(extract(field)).toMatchObject({ kind: 'token', scheme: 'Bearer', source: 'header', token })
  })

  test.each([
    ['no field', null],
    ['no field, as Node reports it', undefined],
    ['an empty field', ''],
    ['another scheme', 'Basic Zm9vOmJhcg=='],
    ['DPoP', 'DPoP abc'],
    ['another scheme that begins with Bearer', 'Bearer-MAC abc'],
    ['another scheme that begins with Bearer, without a separator', 'BearerX abc'],
    ['another scheme with parameters', 'Digest username="alice", realm="x", nonce="bearerless"'],
    ['a token without a scheme', 'mF_9.B5f-4.1JqM'],
  ])('finds no token in %s', (_, field) => {
    expect(extract(field)).toEqual({ kind: 'absent' })
  })

  test.each([
    ['an array', ['Bearer abc']],
    ['an array', ['Basic Zm9vOmJhcg==']],
    ['an array', []],
    ['a number', 7],
  ])('throws for %s in place of a field, and does not quote it', (kind, field) => {
    expect(() => extract(field as unknown as string)).toThrow(
      new TypeError(`request.headers.get('authorization'): must return a string, not ${kind}`),
    )
  })

  test.each([
    ['no token', 'Bearer'],
    ['only spaces after the scheme', 'Bearer  '],
    ['a tab in place of the space', 'Bearer\tabc'],
    ['two tokens', 'Bearer abc def'],
    ['a space at the end', 'Bearer abc '],
    ['quotes', 'Bearer "abc"'],
    ['padding in the middle', 'Bearer a=b'],
    ['padding alone', 'Bearer =='],
    ['a parameter', 'Bearer token="abc"'],
    ['a character outside token68', 'Bearer abc,def'],
    ['a percent-escape', 'Bearer a%20b'],
    ['a letter outside ASCII', 'Bearer caf\u00e9'],
    ['a line break', 'Bearer abc\r\nX-Injected: 1'],
    ['two fields, joined by a comma', 'Bearer abc, Bearer def'],
    ['the same field twice', 'Bearer abc, Bearer abc'],
    ['a second field of another scheme', 'Bearer abc, Basic Zm9vOmJhcg=='],
    ['a first field of another scheme', 'Basic Zm9vOmJhcg==, Bearer abc'],
    ['a first field of another scheme, without a space', 'Basic Zm9vOmJhcg==,bearer abc'],
    ['a second field with only a scheme', 'Basic Zm9vOmJhcg==, Bearer'],
  ])('calls %s malformed', (_, field) => {
    expect(extract(field)).toEqual({ kind: 'malformed' })
  })

  test('reads no token from the query or the body by default', async () => {
    const request = new Request('https://api.example.com/?access_token=abc', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'access_token=def',
    })
    expect(extractToken(request)).toEqual({ kind: 'absent' })
    expect(request.bodyUsed).toBe(false)
    expect(await request.text()).toBe('access_token=def')
  })

  test('treats a web Request with two fields as malformed', () => {
    const headers = new Headers([
      ['authorization', 'Bearer abc'],
      ['authorization', 'Bearer def'],
    ])
    expect(extractToken(new Request('https://api.example.com', { headers }))).toEqual({ kind: 'malformed' })
  })

  const dpop = { dpop: true }

  test('accepts the scheme DPoP only when the options allow it', () => {
    expect(extractToken(bearing('dpop abc'), dpop)).toMatchObject({
      kind: 'token',
      scheme: 'DPoP',
      source: 'header',
      token: 'abc',
    })
    expect(extractToken(bearing('DPoP abc'))).toEqual({ kind: 'absent' })
    expect(extractToken(bearing('DPoP'), dpop)).toEqual({ kind: 'malformed' })
    expect(extractToken(bearing('DPoP abc, Bearer abc'), dpop)).toEqual({ kind: 'malformed' })
    expect(extractToken(bearing('Bearer abc, DPoP abc'), dpop)).toEqual({ kind: 'malformed' })
    expect(extractToken(bearing('DPoP abc, DPoP abc'), dpop)).toEqual({ kind: 'malformed' })
    expect(extractToken(bearing('DPoPX abc'), dpop)).toEqual({ kind: 'absent' })
  })

  test.each([
    ['one in the form', {}, { access_token: 'f' }, { source: 'form', token: 'f' }],
    ['one in entries', {}, new URLSearchParams('access_token=f'), { source: 'form', token: 'f' }],
    ['one in the query', { url: '/a?x=1&access_token=q#access_token=no' }, {}, { source: 'query', token: 'q' }],
    [
      'one in the query of a whole URL',
      { url: 'https://h/?access_token=a%2Bb' },
      {},
      { source: 'query', token: 'a+b' },
    ],
  ])('takes %s where that is allowed', (_, request, form, expected) => {
    const presented = extractToken({ headers: { get: () => null }, ...request }, { form: true, query: true }, form)
    expect(presented).toMatchObject({ kind: 'token', scheme: 'Bearer', ...expected })
  })

  test.each([
    ['header and form', 'Bearer h', {}, { access_token: 'h' }],
    ['header and query', 'Bearer h', { url: '/?access_token=h' }, {}],
    ['form and query', null, { url: '/?access_token=a' }, { access_token: 'a' }],
    ['the form twice', null, {}, { access_token: ['a', 'a'] }],
    ['entries twice', null, {}, new URLSearchParams('access_token=a&access_token=a')],
    ['access_token[] in the form, which parsers make a list of one', null, {}, { access_token: ['a'] }],
    ['an empty list in the form', null, {}, { access_token: [] }],
    ['the query twice', null, { url: '/?access_token=a&access_token=a' }, {}],
    ['an empty one in the query', null, { url: '/?access_token=' }, {}],
    ['an object in the form', null, {}, { access_token: { a: 1 } }],
    ['a broken field and a good form', 'Bearer', {}, { access_token: 'a' }],
  ])('calls a token in %s malformed (BEAR-03, BEAR-04)', (_, field, request, form) => {
    const presented = extractToken({ headers: { get: () => field }, ...request }, { form: true, query: true }, form)
    expect(presented).toEqual({ kind: 'malformed' })
  })

  test('does not find a token in what every object has', () => {
    const form = Object.create({ access_token: 'inherited' }) as Record<string, unknown>
    expect(extractToken({ headers: { get: () => null } }, { form: true }, form)).toEqual({ kind: 'absent' })
  })

  test('leaves form and query alone where only the other is allowed', () => {
    const request = { url: '/?access_token=q', headers: { get: () => null } }
    expect(extractToken(request, { form: true }, {})).toEqual({ kind: 'absent' })
    expect(extractToken(request, { query: false, form: true }, { access_token: 'f' })).toMatchObject({ token: 'f' })
  })

  const elsewhere = {
    fields: ['x-forwarded-access-token', 'x-token'],
    cookie: { name: '__Host-token', allowedOrigins: new Set<string>() },
  }

  function extractFields(fields: Record<string, string>, sources: Partial<TokenSources> = {}) {
    return extractToken({ headers: new Headers(fields) }, { ...elsewhere, ...sources })
  }

  test.each([
    ['a field', { 'x-token': 'abc' }, 'field', 'abc'],
    ['a field with the scheme', { 'X-Forwarded-Access-Token': 'bearer  abc==' }, 'field', 'abc=='],
    ['a cookie', { cookie: '__Host-token=abc' }, 'cookie', 'abc'],
    ['one of many cookies', { cookie: 'a="b; c"; __Host-tokens=no; __Host-token=abc; d' }, 'cookie', 'abc'],
    ['a cookie with white space around', { cookie: 'a=b;\t__Host-token=abc ;c=d' }, 'cookie', 'abc'],
    ['a cookie with padding', { cookie: '__Host-token=abc==' }, 'cookie', 'abc=='],
    ['an escaped cookie', { cookie: '__Host-token=a%2Bb%3D%3D' }, 'cookie', 'a+b=='],
    ['a cookie with the scheme', { cookie: '__Host-token=Bearer%20abc' }, 'cookie', 'abc'],
    ['a field beside an empty one', { 'x-token': '', 'x-forwarded-access-token': 'abc' }, 'field', 'abc'],
    ['a field beside an empty cookie', { 'x-token': 'abc', cookie: '__Host-token=' }, 'field', 'abc'],
    ['a field beside credentials of another scheme', { 'x-token': 'abc', authorization: 'Basic YTpi' }, 'field', 'abc'],
  ])('takes a token from %s where that is allowed', (_, fields, source, token) => {
    expect(extractFields(fields)).toMatchObject({ kind: 'token', scheme: 'Bearer', source, token })
  })

  test.each([
    ['no cookie of that name', { cookie: 'token=abc; __host-token=abc; __Host-token2=abc' }],
    ['a name without a value', { cookie: '__Host-token' }],
    ['a name after white space that browsers take for a part of it', { cookie: '\u00a0__Host-token=abc' }],
    ['empty values alone', { cookie: '__Host-token=; __Host-token=', 'x-token': '' }],
    ['a field that is not named', { 'x-auth-request-access-token': 'abc' }],
  ])('finds no token in %s', (_, fields) => {
    expect(extractFields(fields)).toEqual({ kind: 'absent' })
  })

  test.each<[string, Record<string, string>]>([
    ['the header and a field', { authorization: 'Bearer abc', 'x-token': 'abc' }],
    ['the header and a cookie', { authorization: 'Bearer abc', cookie: '__Host-token=abc' }],
    ['a broken header and a field', { authorization: 'Bearer', 'x-token': 'abc' }],
    ['two fields', { 'x-token': 'abc', 'x-forwarded-access-token': 'abc' }],
    ['a field and a cookie', { 'x-token': 'abc', cookie: '__Host-token=abc' }],
    ['two cookies of the name', { cookie: '__Host-token=abc; __Host-token=abc' }],
    ['a repeated field', { 'x-token': 'abc, abc' }],
    ['two words', { 'x-token': 'abc def' }],
    ['only the scheme', { 'x-token': 'Bearer' }],
    ['the scheme twice', { 'x-token': 'Bearer Bearer abc' }],
    ['another scheme', { 'x-token': 'DPoP abc' }],
    ['quotes', { cookie: '__Host-token="abc"' }],
    ['a broken escape', { cookie: '__Host-token=abc%2' }],
    ['an escaped line break', { cookie: '__Host-token=abc%0a' }],
    ['an escaped separator', { cookie: '__Host-token=abc%3B%20a=b' }],
    ['letters outside ASCII', { cookie: '__Host-token=caf%C3%A9' }],
    ['JSON', { cookie: '__Host-token={"access_token":"abc"}' }],
    ['a field of cookies that is too long', { cookie: `__Host-token=abc; a=${'b'.repeat(65_536)}` }],
  ])('calls a token in %s malformed (BEAR-03)', (_, fields) => {
    expect(extractFields(fields)).toEqual({ kind: 'malformed' })
  })

  test('leaves the header alone where only other places are allowed', () => {
    const fields = { authorization: 'Bearer abc', 'x-token': 'def' }
    expect(extractFields(fields, { header: false })).toMatchObject({ source: 'field', token: 'def' })
    expect(extractFields({ authorization: 'Bearer abc' }, { header: false })).toEqual({ kind: 'absent' })
  })
})
