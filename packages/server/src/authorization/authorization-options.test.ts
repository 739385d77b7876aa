import { describe, expect, test } from 'vitest'
import type { TokenRecord } from '../stores/token-record.ts'
import { resolveAuthorization } from './authorization-options.ts'

const surroundings = { timeoutMs: 1000, warn: () => undefined }
const protectedResource = { id: 'orders-api', clientSecrets: ['s'], audiences: ['urn:orders'] }

function allows(withoutAudience: string | undefined, members: object): unknown {
  const { allow } = resolveAuthorization({ withoutAudience }, surroundings)
  const record: TokenRecord = { kind: 'access_token', client_id: 'web', ...members }
  return allow(protectedResource, record, { resources: [], audiences: [] })
}

describe('authorization.withoutAudience', () => {
  test.each<[string, object, owner: boolean, nobody: boolean, everyone: boolean]>([
    ['without audience', {}, false, false, true],
    ['whose audience is null', { aud: null }, false, false, true],
    ['without audience that was issued to it', { client_id: 'orders-api' }, true, false, true],
    ['for it', { aud: 'urn:orders' }, true, true, true],
    ['for another one', { aud: 'urn:invoices' }, false, false, false],
    ['for another one that was issued to it', { aud: 'urn:invoices', client_id: 'orders-api' }, true, true, true],
    ['with an empty audience', { aud: [] }, false, false, false],
    ['with an empty text as audience', { aud: '' }, false, false, false],
  ])('decides about a token %s', (_, members, owner, nobody, everyone) => {
    expect(allows(undefined, members)).toBe(owner)
    expect(allows('owner', members)).toBe(owner)
    expect(allows('nobody', members)).toBe(nobody)
    expect(allows('everyone', members)).toBe(everyone)
  })

  test.each([
    ['anyone', 'authorization.withoutAudience: must be one of owner, nobody, everyone'],
    [true, 'authorization.withoutAudience: must be one of owner, nobody, everyone, not true'],
  ])('refuses %o', (withoutAudience, complaint) => {
    expect(() => resolveAuthorization({ withoutAudience }, surroundings)).toThrow(new TypeError(complaint))
  })

  test('refuses a policy of your own beside it, because only one of them can decide', () => {
    const options = { allow: () => true, withoutAudience: 'owner' }
    expect(() => resolveAuthorization(options, surroundings)).toThrow(
      /^authorization\.withoutAudience: must be left out/,
    )
  })
})
