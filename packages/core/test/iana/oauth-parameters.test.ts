import { describe, expect, test } from 'vitest'
import { REGISTERED_MEMBERS, REGISTERED_TOKEN_TYPE_HINTS } from '../../src/index.ts'

/** The registry "OAuth Token Introspection Response" as of 2026-07-21. */
const registered =
  'active username client_id scope token_type exp iat nbf sub aud iss jti permissions vot vtm act may_act cnf ' +
  'ace_profile cnonce cti exi authorization_details acr auth_time'

/** Members from the registry "JSON Web Token Claims" that answers may have as well. */
const claims = ['amr', 'sid']

describe('IANA "OAuth Parameters"', () => {
  test('RSP-19 knows exactly the registered members, amr and sid', () => {
    expect([...REGISTERED_MEMBERS].toSorted()).toEqual([...registered.split(' '), ...claims].toSorted())
  })

  test('REQ-09 lists exactly the registered hints', () => {
    expect(REGISTERED_TOKEN_TYPE_HINTS.toSorted()).toEqual(['access_token', 'pct', 'refresh_token'])
  })
})
