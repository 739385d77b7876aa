import { describe, expect, test } from 'vitest'
import type { TokenRecord } from './token-record.ts'
import { toTombstone } from './to-tombstone.ts'

const RECORD: TokenRecord = {
  kind: 'access_token',
  sub: 'alice',
  username: 'alice@example.com',
  client_id: 'web',
  jti: 'id-1',
  iat: 1_764_000_000,
  exp: 1_764_003_600,
  nbf: 1_764_000_000,
  grantId: 'grant-1',
  sessionId: 'session-1',
  claims: { tenant: 'acme' },
}

describe('toTombstone', () => {
  test('keeps the kind and the dates, and no personal data', () => {
    expect(toTombstone(RECORD)).toEqual({
      kind: 'access_token',
      iat: 1_764_000_000,
      exp: 1_764_003_600,
      revoked: true,
    })
  })

  test.each([
    ['none', undefined],
    ['null, as a database returns it', null],
    ['milliseconds', 1_764_003_600_000],
    ['a fraction', 1_764_003_600.5],
    ['not a number', Number.NaN],
    ['text', '1764003600'],
  ])('leaves out dates that are %s, so that the token stays revoked', (_, date) => {
    const record = { ...RECORD, exp: date, iat: date } as unknown as TokenRecord
    expect(toTombstone(record)).toStrictEqual({ kind: 'access_token', revoked: true })
  })
})
