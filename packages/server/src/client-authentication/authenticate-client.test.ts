import { parseForm } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { ClientAuthenticationFailedError } from '../errors.ts'
import type { ReceivedRequest } from '../request/read-request.ts'
import { authenticateClient } from './authenticate-client.ts'
import type { ClientAuthenticationMethodOptions } from './client-authentication-options.ts'
import { resolveClientAuthentication } from './resolve-client-authentication.ts'
import { type FindProtectedResource, protectedResourceReader } from './protected-resource.ts'

const orders = { id: 'orders-api', clientSecrets: ['s3cr3t'] }
const encodedLooking = { id: 'a%2Fb', clientSecrets: ['raw'] }
const keyHolder = { id: 'keys', jwks: { keys: [] } }
const narrowed = { id: 'narrowed', clientSecrets: ['s3cr3t'], methods: ['client_secret_post'] } as const

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`
}

function received(authorization: string | undefined, form: string): ReceivedRequest {
  const http = { method: 'POST', header: () => undefined, readBody: () => form }
  return { authorization, form: parseForm(form), mediaType: undefined, http }
}

/** A custom method: a header field names the caller. */
function custom({ http }: ReceivedRequest): string | undefined {
  return http.header('x-caller')
}

function from(caller: string | undefined, authorization: string | undefined, form: string): ReceivedRequest {
  const request = received(authorization, form)
  return { ...request, http: { ...request.http, header: () => caller } }
}

/** The step, and the identifiers that it asked the registry for. */
function step(options: ClientAuthenticationMethodOptions = {}, findRegistered?: FindProtectedResource) {
  const asked: string[] = []
  const find: FindProtectedResource =
    findRegistered ??
    ((id) => {
      asked.push(id)
      return [orders, encodedLooking, keyHolder, narrowed].find((entry) => entry.id === id)
    })
  const whole = resolveClientAuthentication(
    { findProtectedResource: find, ...options },
    { list: 'protectedResources', find: 'findProtectedResource', reader: protectedResourceReader(), realm: 'test' },
    {
      issuer: 'https://as.example.com',
      urlRules: {},
      timeoutMs: 1000,
      now: () => 1_764_000_000_000,
      warn: () => undefined,
    },
  )
  return { asked, step: whole }
}

/** The outcome of a request, whether it comes with or without a promise. */
async function authenticate(request: ReceivedRequest, whole: ReturnType<typeof step>['step']) {
  return await authenticateClient(request, whole)
}

const failed = expect.objectContaining({ code: 'ERR_CLIENT_AUTHENTICATION_FAILED' }) as Error
const missing = expect.objectContaining({ code: 'ERR_CLIENT_AUTHENTICATION_MISSING' }) as Error
const invalid = expect.objectContaining({ code: 'ERR_REQUEST_INVALID' }) as Error

describe('authenticateClient', () => {
  test.each([
    ['Basic', basic('orders-api:s3cr3t'), '', orders],
    ['the form', undefined, 'client_id=orders-api&client_secret=s3cr3t', orders],
    ['Basic beside the same client_id', basic('orders-api:s3cr3t'), 'client_id=orders-api', orders],
    ['Basic beside empty credentials', basic('orders-api:s3cr3t'), 'client_id=&client_secret=', orders],
    ['Basic that the caller did not encode', basic('a%2Fb:raw'), '', encodedLooking],
    [
      'Basic that the caller did not encode, beside the same client_id',
      basic('a%2Fb:raw'),
      'client_id=a%252Fb',
      encodedLooking,
    ],
  ])('finds the protected resource by %s', async (_, authorization, form, protectedResource) => {
    const { step: usual } = step()
    expect(await authenticate(received(authorization, form), usual)).toMatchObject(protectedResource)
  })

  test.each([
    ['nothing', undefined, '', missing],
    ['an identifier alone', undefined, 'client_id=orders-api', missing],
    ['a secret for a caller without secrets', basic('keys:s3cr3t'), '', failed],
    ['a method that the caller may not use', basic('narrowed:s3cr3t'), '', failed],
    ['DPoP', 'DPoP abc', '', failed],
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
    await expect(authenticate(received(authorization, form), usual)).rejects.toThrow(error)
  })

  test.each([
    ['client_secret_basic', undefined, 'client_id=orders-api&client_secret=s3cr3t'],
    ['client_secret_post', basic('orders-api:s3cr3t'), ''],
  ] as const)('refuses every other method when only %s is enabled', async (method, authorization, form) => {
    const { asked, step: narrow } = step({ methods: [method] })
    await expect(authenticate(received(authorization, form), narrow)).rejects.toThrow(failed)
    expect(asked).toEqual([])
  })

  test('looks for the caller of the raw reading, which may allow it, and refuses it where only form encoding is allowed', async () => {
    const { asked, step: strict } = step({ basicEncoding: 'form' })
    await expect(authenticate(received(basic('a%2Fb:raw'), ''), strict)).rejects.toThrow(failed)
    expect(asked).toEqual(['a/b', 'a%2Fb'])
  })

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('distinguishes a registry that %s from wrong credentials', async (_, findRegistered) => {
    const { step: broken } = step({}, findRegistered)
    await expect(authenticate(received(basic('orders-api:s3cr3t'), ''), broken)).rejects.toMatchObject({
      code: 'ERR_CLIENT_AUTHENTICATION_REGISTRY',
      retryable: true,
      cause: { message: 'down' },
    })
  })

  test('answers without a promise for remembered credentials when the registry does', async () => {
    const { asked, step: usual } = step()
    const request = received(basic('orders-api:s3cr3t'), '')
    await authenticate(request, usual)
    expect(authenticateClient(request, usual)).toMatchObject(orders)
    expect(asked).toEqual(['orders-api', 'orders-api'])
  })

  test('checks a client_id beside remembered credentials', async () => {
    const { step: usual } = step()
    await authenticate(received(basic('orders-api:s3cr3t'), ''), usual)
    const other = received(basic('orders-api:s3cr3t'), 'client_id=other')
    await expect(authenticate(other, usual)).rejects.toThrow(invalid)
  })

  test('accepts remembered credentials only for the method they came by', async () => {
    const { step: usual } = step({ methods: ['client_secret_basic'] })
    await authenticate(received(basic('orders-api:s3cr3t'), ''), usual)
    const post = received(undefined, 'client_id=orders-api&client_secret=s3cr3t')
    await expect(authenticate(post, usual)).rejects.toThrow(failed)
  })

  describe('with a custom method', () => {
    test('finds the caller it names', async () => {
      expect(await authenticate(from('orders-api', undefined, ''), step({ custom }).step)).toMatchObject(orders)
    })

    test('tries the other methods when the custom one finds no credentials', async () => {
      expect(await authenticate(from(undefined, basic('orders-api:s3cr3t'), ''), step({ custom }).step)).toMatchObject(
        orders,
      )
      await expect(authenticate(from(undefined, undefined, ''), step({ custom }).step)).rejects.toThrow(missing)
    })

    test.each([
      ['a caller that is not registered', 'nobody', undefined, '', failed],
      ['a caller that may not use it', 'narrowed', undefined, '', failed],
      ['Basic beside it', 'orders-api', basic('orders-api:s3cr3t'), '', invalid],
      ['a secret beside it', 'orders-api', undefined, 'client_id=orders-api&client_secret=s3cr3t', invalid],
      ['an assertion beside it', 'orders-api', undefined, 'client_assertion=x', invalid],
    ])('refuses %s', async (_, caller, authorization, form, error) => {
      await expect(authenticate(from(caller, authorization, form), step({ custom }).step)).rejects.toThrow(error)
    })

    test('distinguishes a refusal of the custom method from a failure', async () => {
      const refusing = step({ custom: () => Promise.reject(new ClientAuthenticationFailedError('bad')) })
      await expect(authenticate(received(undefined, ''), refusing.step)).rejects.toThrow(failed)
      const broken = step({ custom: () => Promise.reject(new Error('down')) })
      await expect(authenticate(received(undefined, ''), broken.step)).rejects.toMatchObject({
        code: 'ERR_CLIENT_AUTHENTICATION_REGISTRY',
      })
    })
  })
})
