import { expect, test } from 'vitest'
import { ResponseMalformedError } from '../errors.ts'
import { sayCause } from './say-cause.ts'

const secret = 's3cr3t of the vault'

test.each([
  ['the message of an error of these packages', new ResponseMalformedError('no JSON'), 'no JSON'],
  ['the name of another error', new RangeError(secret), 'RangeError'],
  ['its code', Object.assign(new Error(secret), { code: 'ECONNREFUSED' }), 'Error ECONNREFUSED'],
  ['no code that is a text', Object.assign(new Error('x'), { code: secret }), 'Error'],
  ['no name that is a text', Object.assign(new Error('x'), { name: secret }), 'Error'],
  ['the kind of another value', secret, 'a thrown string'],
])('says %s', (_, cause, said) => {
  expect(sayCause(cause)).toBe(said)
})
