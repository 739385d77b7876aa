import { parseForm } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import {
  authenticateClient,
  CLIENT_AUTHENTICATION_METHODS,
  type ClientAuthenticationStep,
} from './authenticate-client.ts'

const orders = { id: 'orders-api', clientSecrets: ['s3cr3t'] }
const encodedLooking = { id: 'a%2Fb', clientSecrets: ['raw'] }

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`
}

/** The step, and whom it asked the registry for. */
function step(changes: Partial<ClientAuthenticationStep> = {}) {
  const asked: string[] = []
  const whole: ClientAuthenticationStep = {
    findRegistered(id) {
      asked.push(id)
      return [orders, encodedLooking].find((entry) => entry.id === id)
    },
    methods: new Set(CLIENT_AUTHENTICATION_METHODS),
    basicEncoding: 'form-then-raw',
    ...changes,
  }
  return { asked, step: whole }
}

const failed = expect.objectContaining({ code: 'ERR_CLIENT_AUTHENTICATION_FAILED' }) as Error
const invalid = expect.objectContaining({ code: 'ERR_REQUEST_INVALID' }) as Error

describe('authenticateClient', () => {
  test.each([
    ['Basic', basic('orders-api:s3cr3t'), '', orders],
    ['the form', undefined, 'client_id=orders-api&client_secret=s3cr3t', orders],
    ['Basic beside the same client_id', basic('orders-api:s3cr3t'), 'client_id=orders-api', orders],
    ['Basic beside empty credentials', basic('orders-api:s3cr3t'), 'client_id=&client_secret=', orders],
    ['Basic whose raw reading is meant', basic('a%2Fb:raw'), '', encodedLooking],
    ['Basic whose raw reading equals client_id', basic('a%2Fb:raw'), 'client_id=a%252Fb', encodedLooking],
  ])('finds the protected resource by %s', async (_, authorization, form, protectedResource) => {
    const { step: usual } = step()
    expect(await authenticateClient({ authorization, form: parseForm(form) }, usual)).toBe(protectedResource)
  })

  test.each([
    ['nothing', undefined, '', failed],
    ['an identifier alone', undefined, 'client_id=orders-api', failed],
    ['an assertion', undefined, 'client_assertion=x&client_id=orders-api&client_secret=s3cr3t', failed],
    ['an assertion beside Basic', basic('orders-api:s3cr3t'), 'client_assertion=x', failed],
    ['a wrong secret', basic('orders-api:wrong'), '', failed],
    ['an unknown identifier', basic('nobody:s3cr3t'), '', failed],
    ['an empty identifier', basic(':s3cr3t'), '', failed],
    ['an empty field', '', '', failed],
    ['Bearer', 'Bearer abc', '', failed],
    ['two fields', `${basic('orders-api:s3cr3t')}, ${basic('orders-api:s3cr3t')}`, '', failed],
    ['a malformed field beside a client_id', 'Basic *', 'client_id=orders-api', failed],
    ['unreadable Basic beside a client_id', 'Basic abcde', 'client_id=orders-api', failed],
    ['a form secret beside Basic', basic('orders-api:s3cr3t'), 'client_id=orders-api&client_secret=s3cr3t', invalid],
    ['a form secret beside Bearer', 'Bearer abc', 'client_id=orders-api&client_secret=s3cr3t', invalid],
    ['another client_id beside Basic', basic('orders-api:s3cr3t'), 'client_id=other', invalid],
    ['a repeated client_id', basic('orders-api:s3cr3t'), 'client_id=orders-api&client_id=orders-api', invalid],
    ['a repeated client_secret', undefined, 'client_id=a&client_secret=b&client_secret=b', invalid],
  ])('refuses %s', async (_, authorization, form, error) => {
    const { step: usual } = step()
    await expect(authenticateClient({ authorization, form: parseForm(form) }, usual)).rejects.toThrow(error)
  })

  test.each([
    ['client_secret_basic', undefined, 'client_id=orders-api&client_secret=s3cr3t'],
    ['client_secret_post', basic('orders-api:s3cr3t'), ''],
  ] as const)('refuses every other method where only %s is taken', async (method, authorization, form) => {
    const { asked, step: narrow } = step({ methods: new Set([method]) })
    await expect(authenticateClient({ authorization, form: parseForm(form) }, narrow)).rejects.toThrow(failed)
    expect(asked).toEqual([])
  })

  test('does not try the raw reading where only form encoding is taken', async () => {
    const { asked, step: strict } = step({ basicEncoding: 'form' })
    const received = { authorization: basic('a%2Fb:raw'), form: parseForm('') }
    await expect(authenticateClient(received, strict)).rejects.toThrow(failed)
    expect(asked).toEqual(['a/b'])
  })

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('tells a registry that %s apart from credentials that are wrong', async (_, findRegistered) => {
    const { step: broken } = step({ findRegistered })
    const received = { authorization: basic('orders-api:s3cr3t'), form: parseForm('') }
    await expect(authenticateClient(received, broken)).rejects.toMatchObject({
      code: 'ERR_CLIENT_AUTHENTICATION_REGISTRY',
      retryable: true,
      cause: { message: 'down' },
    })
  })
})
