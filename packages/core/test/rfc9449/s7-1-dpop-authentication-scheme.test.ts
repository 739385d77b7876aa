import { describe, expect, test } from 'vitest'
import { parseAuthorization } from '../../src/index.ts'

const token = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'

describe('RFC 9449 §7.1', () => {
  test.each(['DPoP', 'dpop', 'DPOP'])('DPOP-22 reads a token behind the scheme spelt %s', (scheme) => {
    expect(parseAuthorization(`${scheme} ${token}`)).toEqual({ scheme: 'dpop', token })
  })

  test.each([`DPoP "${token}"`, `DPoP ${token},`, `DPoP token=${token}`, `DPoP ${token} ${token}`, 'DPoP'])(
    'DPOP-22 refuses %j',
    (field) => {
      expect(parseAuthorization(field)).toBeUndefined()
    },
  )
})
