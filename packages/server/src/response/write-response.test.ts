import { INACTIVE } from '@token-introspection/core'
import { expect, test } from 'vitest'
import { RESPONSE_HEADERS, REVOKED_RESPONSE, writeResponse } from './write-response.ts'

test('writes an active response as JSON', () => {
  expect(writeResponse({ active: true, sub: 'é' })).toEqual({
    status: 200,
    headers: RESPONSE_HEADERS,
    body: '{"active":true,"sub":"é"}',
  })
})

test('writes one inactive response, whatever else stands in it', () => {
  const inactive = { active: false, sub: 'alice', exp: 1 } as const
  expect(writeResponse(inactive)).toBe(writeResponse(INACTIVE))
  expect(writeResponse(inactive).body).toBe('{"active":false}')
})

test('shares nothing that a framework could change', () => {
  expect(Object.isFrozen(writeResponse(INACTIVE))).toBe(true)
  expect(Object.isFrozen(RESPONSE_HEADERS)).toBe(true)
  expect(Object.isFrozen(REVOKED_RESPONSE)).toBe(true)
  expect(Object.isFrozen(REVOKED_RESPONSE.headers)).toBe(true)
})
