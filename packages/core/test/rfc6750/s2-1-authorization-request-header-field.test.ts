import { describe, expect, test } from 'vitest'
import { parseAuthorization } from '../../src/index.ts'

const token = 'mF_9.B5f-4.1JqM'

describe('RFC 6750 §2.1', () => {
  test.each([
    [`Bearer ${token}`, token],
    [`bearer ${token}`, token],
    [`BEARER ${token}`, token],
    [`Bearer    ${token}`, token],
    ['Bearer a-._~+/z==', 'a-._~+/z=='],
  ])('BEAR-02 reads %j', (field, expected) => {
    expect(parseAuthorization(field)).toEqual({ scheme: 'bearer', token: expected })
  })

  test.each([
    'Bearer a b',
    'Bearer ',
    'Bearer',
    'Bearer\tx',
    'Bearer "x"',
    'Bearer:x',
    'Bearer x\r\n',
    'Bearer x;y',
    'Bearer {x}',
    'Bearer =x',
    'Bearer x=y',
    'Bearer é',
    ' Bearer x',
    'Bearer x ',
  ])('BEAR-02 refuses %j', (field) => {
    expect(parseAuthorization(field)).toBeUndefined()
  })

  test.each(['Bearer a, Bearer b', 'Bearer a,Bearer b', 'Bearer a, DPoP b', 'Bearer a,', 'Bearer a, Bearer a'])(
    'BEAR-04 refuses %j, two fields that a framework joined into one',
    (field) => {
      expect(parseAuthorization(field)).toBeUndefined()
    },
  )
})
