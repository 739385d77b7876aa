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

/** The kind of the record that an answer with these members becomes, or `unknown`. */
async function kindOf(members: object, tokenKind?: RemoteResolverOptions['tokenKind']): Promise<string> {
  return (await resolve(() => ({ active: true, ...members }), tokenKind))?.kind ?? 'unknown'
}

describe('createRemoteResolver', () => {
  test('turns an active answer into a record, with or without a promise', async () => {
    const members = { sub: 'alice', aud: ['a'], exp: 3, token_type: 'Bearer', iss: issuer }
    const answer: IntrospectionResponse = { active: true, ...members, tenant: 't' }
    const record = { kind: 'access_token', ...members, claims: { tenant: 't' } }
    expect(await resolve(() => answer)).toEqual(record)
    expect(await resolve(() => Promise.resolve(answer))).toEqual(record)
  })

  test('does not treat an answer without issuer as a token of this server', async () => {
    const record = { kind: 'access_token', token_type: 'Bearer', iss: issuer, claims: {} }
    expect(await resolve(() => ({ active: true, token_type: 'Bearer' }))).toEqual(record)
  })

  test.each(['token_type', 'token_use', 'token_usage', 'typ'])('recognises another kind by %s', async (member) => {
    const words = ['refresh_token', 'Refresh', 'Offline', 'REFRESH-TOKEN', `${TOKEN_TYPE}refresh_token`]
    for (const word of words) expect(await kindOf({ token_type: 'Bearer', [member]: word })).toBe('refresh_token')
    for (const word of ['id_token', 'ID', 'authorization_code', `${TOKEN_TYPE}id_token`, DEVICE_SECRET]) {
      expect(await kindOf({ token_type: 'Bearer', [member]: word })).toBe('unknown')
    }
  })

  test.each<[string, object]>([
    ['nothing, as Spring says of refresh tokens and codes', { client_id: 'rs', iat: 1, exp: 3 }],
    ['an unknown type', { token_type: 'mac' }],
    ['that it is not an access token', { token_type: 'N_A' }],
    ['a value that is not a text', { token_type: 'Bearer', token_use: ['refresh_token'] }],
  ])('does not find a token about which the other server says %s', async (_, members) => {
    expect(await kindOf(members)).toBe('unknown')
  })

  test.each<[string, object, RemoteResolverOptions['tokenKind'], string]>([
    ['the rule requires', { token_use: 'access_token' }, ACCESS, 'access_token'],
    ['only the rule knows', { token_use: 'AT' }, ACCESS, 'access_token'],
    ['the rule does not allow', { token_type: 'Bearer' }, ACCESS, 'unknown'],
    ['names another kind as well', { token_use: 'AT', typ: 'Refresh' }, ACCESS, 'refresh_token'],
    ['says nothing, with tokenKind false', {}, false, 'access_token'],
    ['names a refresh token, with tokenKind false', { typ: 'Refresh' }, false, 'refresh_token'],
    ['names an ID token, with tokenKind false', { typ: 'ID' }, false, 'unknown'],
  ])('judges by a member that %s', async (_, members, tokenKind, kind) => {
    expect(await kindOf(members, tokenKind)).toBe(kind)
  })

  test('does not pass on members that its client could not read', async () => {
    const answer = { active: true as const, token_type: 'Bearer', unreadableMembers: ['acr'] }
    const record = { kind: 'access_token', token_type: 'Bearer', iss: issuer, claims: {} }
    expect(await resolve(() => answer)).toEqual(record)
  })

  test('does not treat a kind as a token type', async () => {
    const record = await resolve(() => ({ active: true, token_type: 'access_token' }))
    expect(record).toEqual({ kind: 'access_token', iss: issuer, claims: {} })
  })

  test('does not find an inactive token', async () => {
    expect(await resolve(() => ({ active: false }))).toBeNull()
  })

  test('passes the lookup', async () => {
    const asked: unknown[] = []
    await resolve((its) => (asked.push(its), { active: false }))
    expect(asked).toEqual([lookup])
  })

  test.each<[string, () => unknown]>([
    ['of another issuer', () => ({ active: true, iss: 'https://other.example.com' })],
    ['whose active is a text', () => ({ active: 'true' })],
    ['that is undefined', () => undefined],
    ['whose exp is text', () => ({ active: true, exp: '3' })],
    [
      'with unreadable authorization details',
      () => ({ active: true, token_type: 'Bearer', unreadableMembers: ['authorization_details'] }),
    ],
    ['that failed', () => Promise.reject(new Error('down'))],
  ])('treats an answer %s as a failure', async (_, introspect) => {
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
