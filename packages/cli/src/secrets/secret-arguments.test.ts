import { expect, test } from 'vitest'
import { MisuseError } from '../errors.ts'
import { refuseSecretArguments } from './secret-arguments.ts'

test.each([
  [['inspect', '--client-secret', 'xyzzy']],
  [['inspect', '--client-secret=xyzzy']],
  [['inspect', '--private-key', 'xyzzy']],
  [['inspect', '--caller-token', 'xyzzy']],
  [['conformance', '--good-token=xyzzy']],
  [['revoke', '--token', 'xyzzy']],
])('refuses %j with the remedy, and does not repeat the secret', (args) => {
  expect(() => refuseSecretArguments(args)).toThrow(MisuseError)
  expect(() => refuseSecretArguments(args)).toThrow(/^--[a-z-]+: .*-file <file>/)
  expect(() => refuseSecretArguments(args)).not.toThrow(/xyzzy/)
})

test.each([
  [['inspect', '--client-secret-file', 'a']],
  [['inspect', '--', '--client-secret']],
  [['inspect', 'constructor']],
])('accepts %j', (args) => {
  expect(() => refuseSecretArguments(args)).not.toThrow()
})
