import { describe, expect, test } from 'vitest'
import type { TokenRecord } from '../lookup/token-record.ts'
import { authorizeRevocation } from './authorize-revocation.ts'

const client = { id: 'web', clientSecrets: ['s3cr3t'] }
const record: TokenRecord = { kind: 'access_token', client_id: 'web' }

describe('authorizeRevocation', () => {
  test('gives the record of a token that was issued to the client', () => {
    expect(authorizeRevocation(client, { digest: '', record })).toBe(record)
  })

  test('has nothing against a token that is not there', () => {
    expect(authorizeRevocation(client, { digest: '', record: undefined })).toBeUndefined()
  })

  test.each(['app', 'WEB', 'web ', '', undefined, null])('refuses a token issued to %j', (client_id) => {
    const foreign = { ...record, client_id } as TokenRecord
    expect(() => authorizeRevocation(client, { digest: '', record: foreign })).toThrow(
      expect.objectContaining({ code: 'ERR_AUTHORIZATION_TOKEN_OWNER' }),
    )
  })
})
