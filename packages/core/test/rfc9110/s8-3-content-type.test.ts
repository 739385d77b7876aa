import { describe, expect, test } from 'vitest'
import { JSON_MEDIA_TYPE, parseMediaType } from '../../src/index.ts'

describe('RFC 9110 §8.3', () => {
  test.each(['application/json', 'Application/JSON', 'application/json;charset=UTF-8', 'application/json ; a="b"'])(
    'RSP-29 recognizes %s as JSON',
    (field) => {
      expect(parseMediaType(field)).toBe(JSON_MEDIA_TYPE)
    },
  )

  test.each([
    'text/html',
    'text/html; application/json',
    'text/plain;charset=application/json',
    'application/json-patch+json',
    'application/jsonp',
    'json',
    'text/html, application/json',
    '',
    null,
    undefined,
  ])('RSP-29 does not recognize %j as JSON', (field) => {
    expect(parseMediaType(field)).not.toBe(JSON_MEDIA_TYPE)
  })
})
