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

  test.each([
    ['the first pepper', [SECRET], 'pepper[0]'],
    ['a later pepper', ['another-pepper-of-at-least-32-octets', null, SECRET], 'pepper[2]'],
  ])('refuses a secret that a function finds and that is %s', async (_, pepper, place) => {
    for (const keySecret of [() => SECRET, () => Promise.resolve(SECRET)]) {
      const group = new OptionGroup('', { pepper, revocationLog: { keySecret } }, ['revocationLog', 'pepper'])
      const find = readRevocationLogOptions(group, LIFETIME)?.keySecret
      const error: unknown = await Promise.resolve((find as () => unknown)()).catch((reason: unknown) => reason)
      const cause = new TypeError(`the function must return another secret than ${place}`)
      expect(error).toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE', cause })
      expect(String(error)).not.toContain(SECRET)
    }
  })

  test('takes a found secret that is no pepper', async () => {
    const pepper = ['another-pepper-of-at-least-32-octets', null]
    const group = new OptionGroup('', { pepper, revocationLog: { keySecret: () => SECRET } }, [
      'revocationLog',
      'pepper',
    ])
    const find = readRevocationLogOptions(group, LIFETIME)?.keySecret
    expect(await (find as () => unknown)()).toBe(SECRET)
  })
})
