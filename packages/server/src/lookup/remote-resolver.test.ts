import type { IntrospectionResponse } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { createRemoteResolver, type RemoteResolverOptions } from './remote-resolver.ts'
import { TokenLookup } from './token-lookup.ts'
import type { TokenRecord } from './token-record.ts'

const issuer = 'https://partner.example.com'
const lookup = new TokenLookup({ token: 'abc', parameters: undefined as never }, 'digest')

async function resolve(introspect: RemoteResolverOptions['introspect']): Promise<TokenRecord | null> {
  return createRemoteResolver({ issuer, introspect }).resolve(lookup)
}

describe('createRemoteResolver', () => {
  test('makes a record of an active answer, at once or later', async () => {
    const answer: IntrospectionResponse = { active: true, sub: 'alice', aud: ['a'], exp: 3, iss: issuer, tenant: 't' }
    const record = { kind: 'access_token', sub: 'alice', aud: ['a'], exp: 3, iss: issuer, claims: { tenant: 't' } }
    expect(await resolve(() => answer)).toEqual(record)
    expect(await resolve(() => Promise.resolve(answer))).toEqual(record)
  })

  test('does not let an answer without issuer pass for a token of ours', async () => {
    expect(await resolve(() => ({ active: true }))).toEqual({ kind: 'access_token', iss: issuer, claims: {} })
  })

  test.each(['token_type', 'token_use', 'token_usage'])('sees a refresh token by %s', async (member) => {
    expect(await resolve(() => ({ active: true, [member]: 'refresh_token' }))).toMatchObject({ kind: 'refresh_token' })
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
    ['that failed', () => Promise.reject(new Error('down'))],
  ])('takes an answer %s for an outage', async (_, introspect) => {
    await expect(resolve(introspect as RemoteResolverOptions['introspect'])).rejects.toThrow()
  })

  test.each<[string, object]>([
    ['issuer', { issuer: '' }],
    ['introspect', { introspect: undefined }],
    ['url', { url: issuer }],
  ])('refuses a wrong %s', (path, changes) => {
    const options = { issuer, introspect: () => ({ active: false }), ...changes } as RemoteResolverOptions
    expect(() => createRemoteResolver(options)).toThrow(new RegExp(`^${path}: `))
  })
})
