import { Form, type IntrospectionRequest } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { type DisclosureView, STATUS_ONLY } from './disclosure-view.ts'
import type { FoundToken } from '../lookup/find-token.ts'
import { TokenLookup } from '../stores/token-lookup.ts'
import type { Warn } from '../events/warning.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import { audienceOrOwner, authorizeDisclosure, type Disclosure, type DisclosurePolicy } from './authorize-disclosure.ts'

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
    ['for an audience that begins with one of its audiences', { aud: 'https://orders.example.com/admin' }, false],
    ['for an audience that is the beginning of one of its audiences', { aud: 'https://orders' }, false],
    ['for its identifier, which is not one of its audiences', { aud: 'orders-api' }, false],
    ['without audience', {}, false],
    ['whose audience is null', { aud: null }, false],
    ['whose audience is empty', { aud: [] }, false],
    ['whose audience is an empty string', { aud: '' }, false],
    ['issued to it', { client_id: 'orders-api' }, true],
    ['issued to it for other audiences', { client_id: 'orders-api', aud: 'x' }, true],
    ['without a client', { client_id: undefined }, false],
    ['whose subject equals its identifier', { sub: 'orders-api' }, false],
  ])('decides about a token %s', (_, members, allowed) => {
    expect(audienceOrOwner(protectedResource, { ...record, ...members })).toBe(allowed)
  })

  test.each<[string, TokenRecord, boolean]>([
    ['for any audience', { ...record, aud: 'urn:orders' }, false],
    ['without audience', record, false],
    ['issued to it', { ...record, client_id: 'orders-api' }, true],
  ])('lets a protected resource without audiences learn only about its own tokens: %s', (_, candidate, allowed) => {
    expect(audienceOrOwner(withoutAudiences, candidate)).toBe(allowed)
  })
})

const found = (kept: TokenRecord | undefined, tokenTypeHint?: string): FoundToken => ({
  lookup: new TokenLookup({ token: 't', tokenTypeHint, parameters: new Form() } as IntrospectionRequest, 'd'),
  resolver: 'store',
  record: kept,
  reason: kept === undefined ? 'unknown' : undefined,
  known: kept,
})

const ignore: Warn = () => undefined

async function decide(
  kept: TokenRecord | undefined,
  allow: DisclosurePolicy,
  {
    refreshTokens = false,
    hint,
    warn = ignore,
  }: { refreshTokens?: boolean; hint?: string | undefined; warn?: Warn } = {},
): Promise<Disclosure> {
  return authorizeDisclosure(protectedResource, found(kept, hint), { allow, refreshTokens, timeoutMs: 100, warn })
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
    ['an empty object', {}, false],
    ['an object that is not a view', { allowed: false }, false],
    ['a view with an unknown member', { members: [], allowed: false }, false],
    ['a list', ['sub'], false],
    ['null', null, false],
  ])('accepts %s from a policy', async (_, allowed, disclosed) => {
    expect(await decide(record, () => allowed as boolean)).toEqual(
      disclosed
        ? { record, view: undefined, reason: undefined }
        : { record: undefined, view: undefined, reason: 'denied' },
    )
  })

  test.each<[string, unknown]>([
    ['a view', STATUS_ONLY],
    ['a promise of a view', Promise.resolve(STATUS_ONLY)],
  ])('accepts %s from a policy, and passes it on (RSP-20)', async (_, allowed) => {
    expect(await decide(record, () => allowed as DisclosureView)).toEqual({
      record,
      view: STATUS_ONLY,
      reason: undefined,
    })
  })

  test.each<[string, TokenRecord | undefined, boolean, string]>([
    ['no record', undefined, true, 'unknown'],
    ['a refresh token', { kind: 'refresh_token', client_id: 'orders-api' }, false, 'refresh-token'],
    ['a refresh token of another client', { kind: 'refresh_token', client_id: 'web' }, true, 'refresh-token'],
    ['a refresh token without a client', { kind: 'refresh_token', aud: 'https://orders' }, true, 'refresh-token'],
    ['another kind of token', { kind: 'id_token' as 'access_token', client_id: 'orders-api' }, true, 'other-kind'],
  ])('does not ask the policy about %s', async (_, kept, refreshTokens, reason) => {
    const asked: unknown[] = []
    const allow: DisclosurePolicy = (...args) => asked.push(args) > 0
    const hint = 'refresh_token'
    expect(await decide(kept, allow, { refreshTokens, hint })).toEqual({ record: undefined, view: undefined, reason })
    expect(asked).toEqual([])
  })

  test('asks the policy about a refresh token of the caller when the option allows it, and accepts a refusal', async () => {
    const own: TokenRecord = { kind: 'refresh_token', client_id: 'orders-api' }
    const asking = { refreshTokens: true, hint: 'refresh_token' }
    expect(await decide(own, () => true, asking)).toMatchObject({ record: own })
    expect(await decide(own, () => false, asking)).toMatchObject({ reason: 'denied' })
  })

  test.each([undefined, 'access_token', 'Refresh_Token', 'pat'])(
    'discloses a refresh token to nobody with the hint %s, not even to its own client',
    async (hint) => {
      const own: TokenRecord = { kind: 'refresh_token', client_id: 'orders-api', aud: 'urn:orders' }
      expect(await decide(own, () => true, { refreshTokens: true, hint })).toMatchObject({
        record: undefined,
        reason: 'refresh-token',
      })
    },
  )

  test.each<[string, unknown, string | undefined]>([
    ['a misspelt member', { member: [] }, 'member'],
    ['a misspelt member beside a good one', { members: ['sub'], scope: [] }, 'scope'],
    ['null for members', { members: null }, 'members'],
    ['text for members', { members: 'sub' }, 'members'],
    ['one text for scopes, which contains every scope', { scopes: 'read write' }, 'scopes'],
    ['a scope that is not a text', { scopes: [7] }, 'scopes'],
    ['a text instead of a function', { subject: 'alice' }, 'subject'],
    ['nothing', {}, 'a view needs one of'],
    ['only absent members', { members: undefined }, 'a view needs one of'],
    ['1', 1, 'must be an object'],
    ['text', 'true', 'must be an object'],
    ['false', false, undefined],
    ['undefined', undefined, undefined],
  ])('discloses nothing for a view with %s, and reports the fault', async (_, view, complaint) => {
    const warnings: string[] = []
    const warn: Warn = (code, message) => warnings.push(`${code} ${message}`)
    expect(await decide(record, () => view as DisclosureView, { warn })).toMatchObject({
      record: undefined,
      reason: 'denied',
    })
    expect(warnings).toEqual(complaint === undefined ? [] : [expect.stringContaining(complaint)])
  })

  test('treats a policy that never answers as a failure', async () => {
    const hanging = decide(record, () => new Promise<boolean>(() => undefined))
    await expect(hanging).rejects.toMatchObject({
      code: 'ERR_AUTHORIZATION_POLICY',
      cause: { name: 'DependencyTimeoutError' },
    })
  })

  test('passes the protected resource, the record and the targets of the request to the policy', async () => {
    const asked: unknown[][] = []
    await decide(record, (...args) => asked.push(args) > 0)
    expect(asked).toEqual([[protectedResource, record, { resources: [], audiences: [] }]])
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
