import { describe, expect, test, vi } from 'vitest'
import { TransportTimeoutError } from '../../errors.ts'
import { callFunction, foundCredential } from './found-credential.ts'

const by = { option: 'clientSecret', clientId: 'orders-api' }
const REMEDY =
  'In this resource server, set the variable that it reads, or repair its access to the vault or key store [ERR_SECRET_UNAVAILABLE]'

function readText(found: unknown): string {
  if (typeof found !== 'string' || found === '' || found.includes('\n'))
    throw new TypeError('clientSecret: has a line break')
  return found
}

const find = (found: unknown, of = by as Parameters<typeof foundCredential>[2]) =>
  foundCredential(() => found, readText, of)

describe('foundCredential', () => {
  test('returns at once what is there at once', () => {
    expect(find('secret')).toBe('secret')
  })

  test('waits for a promise, also for one of another library', async () => {
    expect(await find(Promise.resolve('secret'))).toBe('secret')
    // oxlint-disable-next-line unicorn/no-thenable
    expect(await find({ then: (resolve: (found: string) => void) => resolve('secret') })).toBe('secret')
  })

  test.each([
    ['', 'an empty string'],
    [undefined, 'undefined'],
    [5, 'a number'],
    [() => 'secret', 'a function'],
  ])('names the kind of %o, the client and the remedy', (found, kind) => {
    expect(() => find(found)).toThrow(
      expect.objectContaining({
        code: 'ERR_SECRET_UNAVAILABLE',
        message: `clientSecret: the function of client "orders-api" returned ${kind}. ${REMEDY}`,
      }),
    )
  })

  test('says which rule a value breaks, and does not quote it', async () => {
    const message = `clientSecret: has a line break. The function of client "orders-api" returned it. ${REMEDY}`
    await expect(find(Promise.resolve('s3cr3t\n'))).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE', message })
  })

  test('says the same of a value that is read later', async () => {
    const reading = foundCredential(
      () => 'pem',
      () => Promise.reject(new TypeError('key: must be PKCS #8')),
      { option: 'key', clientId: undefined },
    )
    await expect(reading).rejects.toThrow(`key: must be PKCS #8. The function returned it. ${REMEDY}`)
  })
})

describe('callFunction', () => {
  const cause = Object.assign(new RangeError('s3cr3t'), { code: 'ENOENT' })

  test.each([
    [
      'throws',
      () => {
        throw cause
      },
    ],
    ['rejects', () => Promise.reject(cause)],
  ])('names the error of a function that %s, without its message', async (_, call) => {
    const message = `clientSecret: the function of client "orders-api" failed with RangeError (ENOENT). ${REMEDY}`
    await expect((async () => callFunction(call, by))()).rejects.toMatchObject({
      code: 'ERR_SECRET_UNAVAILABLE',
      message,
      cause,
    })
  })

  test.each<[string, unknown, string]>([
    ['a value that is no error', 's3cr3t', 'a value that is not an error'],
    ['an error whose name and code are no words', Object.assign(new Error('x'), { name: 'a b', code: 5 }), 'an error'],
  ])('says so of %s', async (_, thrown, said) => {
    const message = `signer.sign: the function failed with ${said}. ${REMEDY}`
    // A function of an application may reject with anything.
    const call = vi.fn<() => Promise<string>>().mockRejectedValue(thrown)
    await expect(callFunction(call, { option: 'signer.sign', clientId: undefined })).rejects.toMatchObject({ message })
  })

  test('passes a coded error on', () => {
    const coded = new TransportTimeoutError('no answer')
    const call = () => {
      throw coded
    }
    expect(() => callFunction(call, by)).toThrow(coded)
  })
})
