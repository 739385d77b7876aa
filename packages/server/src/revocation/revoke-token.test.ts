import { describe, expect, test } from 'vitest'
import type { TokenRecord } from '../lookup/token-record.ts'
import { revokeToken } from './revoke-token.ts'

/** A store that writes down what it is asked for. */
function recorder() {
  const asked: string[][] = []
  return {
    asked,
    store: {
      revoke: async (token: string) => void asked.push(['revoke', token]),
      revokeGrant: async (grantId: string) => void asked.push(['revokeGrant', grantId]),
    },
  }
}

const access: TokenRecord = { kind: 'access_token', grantId: 'grant-1' }
const refresh: TokenRecord = { kind: 'refresh_token', grantId: 'grant-1' }

describe('revokeToken', () => {
  test.each<[string, TokenRecord | undefined, boolean, string, string[][]]>([
    ['nothing of an unknown token', undefined, true, 'nothing', []],
    ['an access token alone', access, false, 'token', [['revoke', 'abc']]],
    ['the grant of an access token when told to', access, true, 'grant', [['revokeGrant', 'grant-1']]],
    ['an access token without a grant alone', { kind: 'access_token' }, true, 'token', [['revoke', 'abc']]],
    ['the grant of a refresh token, in one write', refresh, false, 'grant', [['revokeGrant', 'grant-1']]],
    ['a refresh token without a grant alone', { kind: 'refresh_token' }, false, 'token', [['revoke', 'abc']]],
    [
      'a refresh token whose grant is null alone',
      { kind: 'refresh_token', grantId: null } as unknown as TokenRecord,
      true,
      'token',
      [['revoke', 'abc']],
    ],
    ['a refresh token whose grant is empty alone', { ...refresh, grantId: '' }, true, 'token', [['revoke', 'abc']]],
  ])('ends %s', async (_, record, accessTokenEndsGrant, ended, asked) => {
    const { store, asked: seen } = recorder()
    expect(await revokeToken('abc', record, { store, accessTokenEndsGrant })).toBe(ended)
    expect(seen).toEqual(asked)
  })

  test.each([
    ['revoke', access],
    ['revokeGrant', refresh],
  ] as const)('takes a store whose %s fails for an outage', async (method, record) => {
    const store = { ...recorder().store, [method]: () => Promise.reject(new Error('down')) }
    await expect(revokeToken('abc', record, { store, accessTokenEndsGrant: false })).rejects.toMatchObject({
      code: 'ERR_REVOCATION_STORE',
      retryable: true,
      cause: { message: 'down' },
    })
  })
})
