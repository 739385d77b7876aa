import { describe, expect, test } from 'vitest'
import type { TokenRecord } from '../stores/token-record.ts'
import { revokeToken } from './revoke-token.ts'

/** A store that records its calls. */
function recorder() {
  const asked: unknown[][] = []
  return {
    asked,
    store: {
      revoke: async (token: string, record?: TokenRecord) => void asked.push(['revoke', token, record]),
      revokeGrant: async (grantId: string) => void asked.push(['revokeGrant', grantId]),
    },
  }
}

const access: TokenRecord = { kind: 'access_token', grantId: 'grant-1' }
const refresh: TokenRecord = { kind: 'refresh_token', grantId: 'grant-1' }
const grantless: TokenRecord = { kind: 'access_token' }
const grantlessRefresh: TokenRecord = { kind: 'refresh_token' }
const nullGrant = { kind: 'refresh_token', grantId: null } as unknown as TokenRecord
const emptyGrant: TokenRecord = { ...refresh, grantId: '' }

describe('revokeToken', () => {
  test.each<[string, TokenRecord | undefined, boolean, string, unknown[][]]>([
    ['nothing of an unknown token', undefined, true, 'nothing', []],
    ['only an access token', access, false, 'token', [['revoke', 'abc', access]]],
    ['the grant of an access token with the option', access, true, 'grant', [['revokeGrant', 'grant-1']]],
    ['only an access token without a grant', grantless, true, 'token', [['revoke', 'abc', grantless]]],
    ['the grant of a refresh token, in one write', refresh, false, 'grant', [['revokeGrant', 'grant-1']]],
    ['only a refresh token without a grant', grantlessRefresh, false, 'token', [['revoke', 'abc', grantlessRefresh]]],
    ['only a refresh token whose grant is null', nullGrant, true, 'token', [['revoke', 'abc', nullGrant]]],
    ['only a refresh token whose grant is empty', emptyGrant, true, 'token', [['revoke', 'abc', emptyGrant]]],
  ])('ends %s', async (_, record, accessTokenEndsGrant, ended, asked) => {
    const { store, asked: seen } = recorder()
    expect(await revokeToken('abc', record, { store, accessTokenEndsGrant, timeoutMs: 100 })).toBe(ended)
    expect(seen).toEqual(asked)
  })

  test.each([
    ['revoke', access],
    ['revokeGrant', refresh],
  ] as const)('treats a store whose %s fails as a failure of the step', async (method, record) => {
    const store = { ...recorder().store, [method]: () => Promise.reject(new Error('down')) }
    await expect(
      revokeToken('abc', record, { store, accessTokenEndsGrant: false, timeoutMs: 100 }),
    ).rejects.toMatchObject({
      code: 'ERR_REVOCATION_STORE',
      retryable: true,
      cause: { message: 'down' },
    })
  })
})
