import { describe, expect, test } from 'vitest'
import { OptionGroup } from '../options/index.ts'
import {
  describeTokenKindFault,
  isAccessToken,
  readTokenTypes,
  saidTokenKind,
  tokenKindFault,
  type TokenKindWords,
} from './token-kind.ts'

const URI = 'urn:ietf:params:oauth:token-type:'
const MEMBERS = ['token_type', 'token_use', 'token_usage', 'typ']
const ACCESS = ['Bearer', 'bearer', 'DPoP', 'access_token', 'Access Token', 'access', 'at+jwt', `${URI}access_token`]
const REFRESH = ['refresh_token', 'Refresh', 'Offline', 'refresh-token', `${URI}refresh_token`, 'urn:x:refresh_token']
const OTHER = ['id_token', 'ID', 'Logout', 'code', 'device_secret', 'N_A', 'PoP', 'mac', `${URI}id_token`]
const UNKNOWN = ['', 'JWT', 'xyz', 'urn:x:access_token', 'constructor', '__proto__', 'Bearer ', ' Bearer']
const SHAPES = [7, true, ['Bearer'], { Bearer: 1 }, []]

describe('saidTokenKind', () => {
  test.each(MEMBERS)('reads the kind of a token from %s', (member) => {
    for (const word of ACCESS) expect(saidTokenKind({ [member]: word }), word).toBe('access_token')
    for (const word of REFRESH) expect(saidTokenKind({ [member]: word }), word).toBe('refresh_token')
    for (const word of OTHER) expect(saidTokenKind({ [member]: word }), word).toBe('other')
    const unknown = member === 'typ' ? 'unsaid' : 'other'
    for (const word of UNKNOWN) expect(saidTokenKind({ [member]: word }), word).toBe(unknown)
    for (const shape of SHAPES) expect(saidTokenKind({ [member]: shape }), JSON.stringify(shape)).toBe('other')
    for (const nothing of [undefined, null]) expect(saidTokenKind({ [member]: nothing })).toBe('unsaid')
  })

  test('reads a media type of another profile as another kind', () => {
    for (const typ of ['logout+jwt', 'application/dpop+jwt', 'Secevent+JWT'])
      expect(saidTokenKind({ typ })).toBe('other')
    expect(saidTokenKind({ typ: 'application/at+jwt' })).toBe('access_token')
  })

  test.each(MEMBERS)('lets %s alone decide against an access token', (member) => {
    const rest = Object.fromEntries(MEMBERS.map((name) => [name, 'access_token']))
    expect(saidTokenKind(rest)).toBe('access_token')
    expect(saidTokenKind({ ...rest, [member]: 'Refresh' })).toBe('refresh_token')
    expect(saidTokenKind({ ...rest, [member]: 'ID' })).toBe('other')
  })
})

describe('isAccessToken', () => {
  const rule = { tokenKind: { member: 'token_use', oneOf: ['AT'] } }
  const types: TokenKindWords = { acceptedTokenTypes: new Set(['jwt']) }

  test.each<[boolean, Readonly<Record<string, unknown>>, TokenKindWords]>([
    [true, {}, {}],
    [true, { token_type: 'Bearer' }, {}],
    [false, { token_type: 'Bearer' }, rule],
    [true, { token_type: 'Bearer', token_use: 'at' }, rule],
    [false, { token_use: 'AT', token_type: 'mac' }, rule],
    [false, { token_use: 'AT' }, {}],
    [true, { token_type: 'JWT' }, types],
    [false, { token_type: 'JWT' }, {}],
    [false, { token_use: 'JWT' }, types],
  ])('is %j for the answer %j with the words %j, and tokenKindFault agrees', (expected, answer, words) => {
    expect(isAccessToken(answer, words)).toBe(expected)
    expect(tokenKindFault(answer, words) === undefined).toBe(expected)
  })

  test('refuses a tokenKind word that names another kind', () => {
    const wrong = { tokenKind: { member: 'token_use', oneOf: ['refresh_token'] } }
    expect(isAccessToken({ token_use: 'refresh_token' }, wrong)).toBe(false)
  })
})

describe('tokenKindFault', () => {
  test.each<[Readonly<Record<string, unknown>>, TokenKindWords, object]>([
    [{ typ: 'Refresh' }, {}, { member: 'typ', found: 'Refresh', required: undefined }],
    [{ token_use: [7] }, {}, { member: 'token_use', found: [7], required: undefined }],
    [
      { kind: 'x' },
      { tokenKind: { member: 'kind', oneOf: ['AT', 'rpt'] } },
      { member: 'kind', found: 'x', required: ['AT', 'rpt'] },
    ],
  ])('gives member, value and required words of %j', (answer, words, fault) => {
    expect(tokenKindFault(answer, words)).toEqual(fault)
  })

  test.each<[Readonly<Record<string, unknown>>, TokenKindWords, string]>([
    [{ token_type: 'Refresh' }, {}, 'token_type is "Refresh", which is another kind of token'],
    [{ token_use: 7 }, {}, 'token_use is not a string, so it does not say that this is an access token'],
    [{ token_type: 'x' }, {}, 'policy.acceptedTokenTypes'],
    [{ token_use: 'x' }, {}, 'policy.tokenKind'],
    [{}, { tokenKind: { member: 'token_use', oneOf: ['AT'] } }, 'token_use is absent, and policy.tokenKind wants "AT"'],
    [{}, { tokenKind: { member: 'toString', oneOf: ['AT'] } }, 'toString is absent, and policy.tokenKind wants "AT"'],
    [{ kind: 'x' }, { tokenKind: { member: 'kind', oneOf: ['AT'] } }, 'kind is "x", and policy.tokenKind wants "AT"'],
  ])('is described for %j', (answer, words, detail) => {
    const fault = tokenKindFault(answer, words)
    expect(fault && describeTokenKindFault(fault)).toContain(detail)
  })
})

function read(types: unknown) {
  return readTokenTypes(new OptionGroup('policy', { types }, ['types']), 'types')
}

describe('readTokenTypes', () => {
  test('reads the types without case', () => {
    expect(read(['JWT', 'x'])).toEqual(new Set(['jwt', 'x']))
    expect(read(undefined)).toBeUndefined()
  })

  test.each([[['refresh_token']], [['JWT', 'Offline']], [['id_token']], ['JWT'], [['']]])('refuses %j', (types) => {
    expect(() => read(types)).toThrow(/^policy\.types: /)
  })
})
