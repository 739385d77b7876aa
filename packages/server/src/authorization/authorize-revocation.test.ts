import { Form } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import type { FoundToken } from '../lookup/find-token.ts'
import { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import { authorizeRevocation } from './authorize-revocation.ts'

const client = { id: 'web', clientSecrets: ['s3cr3t'] }
const record: TokenRecord = { kind: 'access_token', client_id: 'web' }

const found = (kept: TokenRecord | undefined): FoundToken => ({
  lookup: new TokenLookup({ token: 't', parameters: new Form() }, 'd'),
  resolver: 'store',
  record: kept,
  reason: undefined,
  known: kept,
})

describe('authorizeRevocation', () => {
  test('returns the record of a token that was issued to the client', () => {
    expect(authorizeRevocation(client, found(record))).toBe(record)
  })

  test('accepts a token without a record', () => {
    expect(authorizeRevocation(client, found(undefined))).toBeUndefined()
  })

  test.each(['app', 'WEB', 'web ', '', undefined, null])('refuses a token issued to %j', (client_id) => {
    const foreign = { ...record, client_id } as TokenRecord
    expect(() => authorizeRevocation(client, found(foreign))).toThrow(
      expect.objectContaining({ code: 'ERR_AUTHORIZATION_TOKEN_OWNER' }),
    )
  })
})
