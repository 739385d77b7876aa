import { describe, expect, test } from 'vitest'
import type { TokenRecord } from '../lookup/token-record.ts'
import { audienceOrOwner, authorizeDisclosure, type DisclosurePolicy } from './authorize-disclosure.ts'

const protectedResource = {
  id: 'orders-api',
  clientSecrets: ['s'],
  audiences: ['https://orders.example.com', 'urn:orders'],
}
const withoutAudiences = { id: 'orders-api', clientSecrets: ['s'] }
const record: TokenRecord = { kind: 'access_token', client_id: 'web' }

describe('audienceOrOwner', () => {
  test.each<[string, object, boolean]>([
    ['for one of its audiences', { aud: 'urn:orders' }, true],
    ['for one of its audiences among others', { aud: ['x', 'https://orders.example.com'] }, true],
    ['for others', { aud: ['x', 'y'] }, false],
    ['for an audience in another case', { aud: 'URN:orders' }, false],
    ['for an audience that begins alike', { aud: 'https://orders.example.com/admin' }, false],
    ['for an audience that is the beginning of one', { aud: 'https://orders' }, false],
    ['for its identifier, which is no audience', { aud: 'orders-api' }, false],
    ['without audience', {}, false],
    ['whose audience is null', { aud: null }, false],
    ['whose audience is empty', { aud: [] }, false],
    ['whose audience is an empty string', { aud: '' }, false],
    ['issued to it', { client_id: 'orders-api' }, true],
    ['issued to it for others', { client_id: 'orders-api', aud: 'x' }, true],
    ['issued to nobody', { client_id: undefined }, false],
    ['whose subject has its identifier', { sub: 'orders-api' }, false],
  ])('decides about a token %s', (_, members, allowed) => {
    expect(audienceOrOwner(protectedResource, { ...record, ...members })).toBe(allowed)
  })

  test.each<[string, TokenRecord, boolean]>([
    ['for anybody', { ...record, aud: 'urn:orders' }, false],
    ['without audience', record, false],
    ['issued to it', { ...record, client_id: 'orders-api' }, true],
  ])('gives a protected resource without audiences no token %s but its own', (_, candidate, allowed) => {
    expect(audienceOrOwner(withoutAudiences, candidate)).toBe(allowed)
  })
})

function decide(found: TokenRecord | undefined, allow: DisclosurePolicy): Promise<TokenRecord | undefined> {
  return authorizeDisclosure(protectedResource, { digest: 'd', record: found }, { allow })
}

describe('authorizeDisclosure', () => {
  test.each<[string, unknown, boolean]>([
    ['true', true, true],
    ['a promise of true', Promise.resolve(true), true],
    ['false', false, false],
    ['a promise of false', Promise.resolve(false), false],
    ['nothing', undefined, false],
    ['1', 1, false],
    ['text', 'true', false],
    ['an object', {}, false],
  ])('takes %s from a policy', async (_, allowed, disclosed) => {
    expect(await decide(record, () => allowed as boolean)).toBe(disclosed ? record : undefined)
  })

  test.each<[string, TokenRecord | undefined]>([
    ['no record', undefined],
    ['a refresh token', { kind: 'refresh_token', client_id: 'orders-api' }],
    ['another kind of token', { kind: 'id_token' as 'access_token' }],
  ])('does not ask about %s', async (_, found) => {
    const asked: unknown[] = []
    const allow: DisclosurePolicy = (...args) => asked.push(args) > 0
    expect(await decide(found, allow)).toBeUndefined()
    expect(asked).toEqual([])
  })

  test('hands the policy the protected resource and the record', async () => {
    const asked: unknown[][] = []
    await decide(record, (...args) => asked.push(args) > 0)
    expect(asked).toEqual([[protectedResource, record]])
  })

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('a bug')
      },
    ],
    ['rejects', () => Promise.reject(new Error('a bug'))],
  ])('discloses nothing when the policy %s', async (_, allow) => {
    await expect(decide(record, allow)).rejects.toMatchObject({
      code: 'ERR_AUTHORIZATION_POLICY',
      retryable: false,
      cause: { message: 'a bug' },
    })
  })
})
