import type { IntrospectionResponse } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { createRemoteResolver, type RemoteResolverOptions } from './remote-resolver.ts'
import { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'

const issuer = 'https://partner.example.com'
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:'
const DEVICE_SECRET = 'urn:x-oath:params:oauth:token-type:device-secret'
const ACCESS = { member: 'token_use', oneOf: ['access_token', 'AT'] }
const lookup = new TokenLookup({ token: 'abc', parameters: undefined as never }, 'digest')

async function resolve(
  introspect: RemoteResolverOptions['introspect'],
  tokenKind?: RemoteResolverOptions['tokenKind'],
): Promise<TokenRecord | null> {
  return createRemoteResolver({ issuer, introspect, tokenKind }).resolve(lookup)
}

/** What becomes of an answer with these members: the kind of its record, or `unknown`. */
async function kindOf(members: object, tokenKind?: RemoteResolverOptions['tokenKind']): Promise<string> {
  return (await resolve(() => ({ active: true, ...members }), tokenKind))?.kind ?? 'unknown'
}

describe('createRemoteResolver', () => {
  test('makes a record of an active answer, at once or later', async () => {
    const members = { sub: 'alice', aud: ['a'], exp: 3, token_type: 'Bearer', iss: issuer }
    const answer: IntrospectionResponse = { active: true, ...members, tenant: 't' }
    const record = { kind: 'access_token', ...members, claims: { tenant: 't' } }
    expect(await resolve(() => answer)).toEqual(record)
    expect(await resolve(() => Promise.resolve(answer))).toEqual(record)
  })

  test('does not let an answer without issuer pass for a token of ours', async () => {
    const record = { kind: 'access_token', token_type: 'Bearer', iss: issuer, claims: {} }
    expect(await resolve(() => ({ active: true, token_type: 'Bearer' }))).toEqual(record)
  })

  test.each(['token_type', 'token_use', 'token_usage', 'typ'])('sees another kind by %s', async (member) => {
    const words = ['refresh_token', 'Refresh', 'Offline', 'REFRESH-TOKEN', `${TOKEN_TYPE}refresh_token`]
    for (const word of words) expect(await kindOf({ token_type: 'Bearer', [member]: word })).toBe('refresh_token')
    for (const word of ['id_token', 'ID', 'authorization_code', `${TOKEN_TYPE}id_token`, DEVICE_SECRET]) {
      expect(await kindOf({ token_type: 'Bearer', [member]: word })).toBe('unknown')
    }
  })

  test.each<[string, object]>([
    ['nothing, as Spring of refresh tokens and codes', { client_id: 'rs', iat: 1, exp: 3 }],
    ['a type nobody knows', { token_type: 'mac' }],
    ['that it is no access token', { token_type: 'N_A' }],
    ['something that is no text', { token_type: 'Bearer', token_use: ['refresh_token'] }],
  ])('does not know a token of which the other server says %s', async (_, members) => {
    expect(await kindOf(members)).toBe('unknown')
  })

  test.each<[string, object, RemoteResolverOptions['tokenKind'], string]>([
    ['the rule asks for', { token_use: 'access_token' }, ACCESS, 'access_token'],
    ['no known word has, but the rule', { token_use: 'AT' }, ACCESS, 'access_token'],
    ['is not what the rule asks for', { token_type: 'Bearer' }, ACCESS, 'unknown'],
    ['another kind has beside it', { token_use: 'AT', typ: 'Refresh' }, ACCESS, 'refresh_token'],
    ['nothing has, where that will do', {}, false, 'access_token'],
    ['a refresh token has, where nothing will do', { typ: 'Refresh' }, false, 'refresh_token'],
    ['an ID token has, where nothing will do', { typ: 'ID' }, false, 'unknown'],
  ])('judges by what %s', async (_, members, tokenKind, kind) => {
    expect(await kindOf(members, tokenKind)).toBe(kind)
  })

  test('does not hand on what its client could not read', async () => {
    const answer = { active: true as const, token_type: 'Bearer', unreadableMembers: ['acr'] }
    const record = { kind: 'access_token', token_type: 'Bearer', iss: issuer, claims: {} }
    expect(await resolve(() => answer)).toEqual(record)
  })

  test('takes no kind for a token type', async () => {
    const record = await resolve(() => ({ active: true, token_type: 'access_token' }))
    expect(record).toEqual({ kind: 'access_token', iss: issuer, claims: {} })
  })

  test('does not know what is inactive', async () => {
    expect(await resolve(() => ({ active: false }))).toBeNull()
  })

  test('hands over the lookup', async () => {
    const asked: unknown[] = []
    await resolve((its) => (asked.push(its), { active: false }))
    expect(asked).toEqual([lookup])
  })

  test.each<[string, () => unknown]>([
    ['of another issuer', () => ({ active: true, iss: 'https://other.example.com' })],
    ['that is active by text', () => ({ active: 'true' })],
    ['that is nothing', () => undefined],
    ['whose exp is text', () => ({ active: true, exp: '3' })],
    [
      'with details nobody can read',
      () => ({ active: true, token_type: 'Bearer', unreadableMembers: ['authorization_details'] }),
    ],
    ['that failed', () => Promise.reject(new Error('down'))],
  ])('takes an answer %s for an outage', async (_, introspect) => {
    await expect(resolve(introspect as RemoteResolverOptions['introspect'])).rejects.toThrow()
  })

  test.each<[string, object]>([
    ['issuer', { issuer: '' }],
    ['introspect', { introspect: undefined }],
    ['url', { url: issuer }],
    ['tokenKind', { tokenKind: true }],
    ['tokenKind.member', { tokenKind: { oneOf: ['x'] } }],
    ['tokenKind.oneof', { tokenKind: { member: 'x', oneof: ['x'] } }],
  ])('refuses a wrong %s', (path, changes) => {
    const options = { issuer, introspect: () => ({ active: false }), ...changes } as RemoteResolverOptions
    expect(() => createRemoteResolver(options)).toThrow(new RegExp(`^${path}: `))
  })
})
