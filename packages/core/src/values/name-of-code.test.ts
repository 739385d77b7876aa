import { expect, test } from 'vitest'
import { nameOfCode } from './name-of-code.ts'

test.each([
  ['ERR_TOKEN_TOO_LONG', 'TokenTooLongError'],
  ['ERR_RESPONSE_MALFORMED', 'ResponseMalformedError'],
  ['ERR_LOOKUP', 'LookupError'],
])('%s is the code of %s', (code, name) => {
  expect(nameOfCode(code)).toBe(name)
})
