/** Two copies of core in one program recognise each other's errors. The argument is the directory of the second copy. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as first from '@token-introspection/core'

const [directory = ''] = process.argv.slice(2)
const second = createRequire(join(directory, 'package.json'))('@token-introspection/core') as typeof first
assert.notEqual(first.isIntrospectionError, second.isIntrospectionError, 'there is one copy only')

for (const [own, other] of [
  [first, second],
  [second, first],
] as const) {
  const error = new own.RequestInvalidError('broken')
  assert.equal(error instanceof other.IntrospectionError, false)
  assert.equal(other.isIntrospectionError(error), true)
  assert.equal(other.isIntrospectionError(new Error('broken')), false)
}
