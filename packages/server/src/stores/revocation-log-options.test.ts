import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import { readRevocationLogOptions } from './revocation-log-options.ts'

const LIFETIME = 600

function read(revocationLog: unknown) {
  return readRevocationLogOptions(new OptionGroup('', { revocationLog }, ['revocationLog']), LIFETIME)
}

const SECRET = 'a-secret-of-the-log-with-32-octets!'

describe('readRevocationLogOptions', () => {
  test('gives no log, a log with defaults, or one with settings', () => {
    expect(read(undefined)).toBeUndefined()
    expect(read(true)).toEqual({ keySecret: undefined, retentionSeconds: LIFETIME + 3600 })
    expect(read({ keySecret: SECRET, retentionSeconds: 60 })).toEqual({ keySecret: SECRET, retentionSeconds: 60 })
  })

  test.each([
    ['yes', 'must be true, or an object with keySecret and retentionSeconds, but is a string: write { keySecret }'],
    [SECRET, 'but is a string: write { keySecret } for a secret of your own'],
    [false, 'but is false: leave the option out for a store without a log'],
    [null, 'but is null: leave the option out for a store without a log'],
    [1, 'but is a number'],
    [[true], 'but is an array'],
    [() => true, 'but is a function'],
    [Promise.resolve({}), 'must be a plain object, but it inherits then; await the promise first'],
    [
      { secret: SECRET },
      'revocationLog.secret: unknown option (did you mean keySecret?); known here: keySecret, retentionSeconds',
    ],
    [{ keySecret: 'short' }, 'revocationLog.keySecret: must have at least 32 characters'],
    [{ keySecret: 7 }, 'revocationLog.keySecret: must be a non-empty string'],
    [{ retentionSeconds: 59 }, 'revocationLog.retentionSeconds: must be a number from 60 to 315363600'],
    [{ retentionSeconds: 60.5 }, 'revocationLog.retentionSeconds: must be an integer'],
  ])('refuses %o, and says what it may be', (given, complaint) => {
    expect(() => read(given)).toThrow(TypeError)
    expect(() => read(given)).toThrow(/^revocationLog/)
    expect(() => read(given)).toThrow(complaint)
    expect(() => read(given)).not.toThrow(SECRET)
  })
})
