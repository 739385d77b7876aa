import { describe, expect, test } from 'vitest'
import { parseIntrospectionResponse } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

function active(members: object) {
  return parseIntrospectionResponse({ active: true, ...members })
}

describe('RFC 9470 §6.2', () => {
  test('STEP-01 keeps acr, and auth_time with fractions of a second', () => {
    for (const members of [{ acr: 'myACR', auth_time: 1646340198 }, { auth_time: 1646340198.25 }, { auth_time: 0 }]) {
      expect(active(members)).toEqual({ active: true, ...members })
    }
  })

  test.each([[['myACR']], [5], [null]])('STEP-01 refuses %j as acr', (acr) => {
    expect(() => active({ acr })).toThrow(malformed)
  })

  test.each(['1646340198', 1646340198000, -1, null, [1646340198], '2022-03-03T20:43:18Z'])(
    'STEP-01 refuses %j as auth_time',
    (time) => {
      expect(() => active({ auth_time: time })).toThrow(malformed)
    },
  )
})
