import { describe, expect, test } from 'vitest'
import { isRegisteredTokenTypeHint, REGISTERED_TOKEN_TYPE_HINTS } from './token-type-hint.ts'

describe('isRegisteredTokenTypeHint', () => {
  test.each(REGISTERED_TOKEN_TYPE_HINTS)('accepts %s', (hint) => {
    expect(isRegisteredTokenTypeHint(hint)).toBe(true)
  })

  test.each(['', 'ACCESS_TOKEN', 'access_token ', 'id_token', 'requesting_party_token', 'constructor', 'length'])(
    'refuses %j',
    (hint) => {
      expect(isRegisteredTokenTypeHint(hint)).toBe(false)
    },
  )
})
