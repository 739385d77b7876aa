/** Answers as values instead of promises: when they occur, and that the steps have the same order as with promises. */
import { describe, expect, test } from 'vitest'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  type HttpHandler,
  type HttpRequest,
} from '../../src/index.ts'
import { ACTIVE, basic, FORM, form, INACTIVE, ISSUER, NOW, PROTECTED_RESOURCES, RECORD, SECRET } from '../endpoint.ts'

const TOKEN = 'tkn-active-5Bf41JqM'

function request(
  changes: Readonly<Record<string, string>> = {},
  body: HttpRequest['readBody'] = () => form({ token: TOKEN }),
) {
  const fields: Readonly<Record<string, string>> = {
    'content-type': FORM,
    authorization: basic('orders-api', SECRET),
    ...changes,
  }
  return { method: 'POST', header: (name: string) => fields[name], readBody: body } satisfies HttpRequest
}

/** The functions that the handler calls. In each test one of them returns a promise. */
const ASKED = ['body', 'registry', 'store', 'policy', 'isActive', 'limiter'] as const
type Asked = (typeof ASKED)[number] | 'nothing'

/** A handler that records the order of its calls, and a request that records the reading of its body. */
async function createTelling(later: Asked) {
  const order: string[] = []
  const tell = <Value>(asked: Asked, value: Value): Value | Promise<Value> => {
    order.push(asked)
    return asked === later ? Promise.resolve(value) : value
  }
  const store = createMemoryTokenStore({ now: () => NOW * 1000 })
  await store.save(TOKEN, RECORD)
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    now: () => NOW * 1000,
    clientAuthentication: { findProtectedResource: () => tell('registry', PROTECTED_RESOURCES[0]) },
    lookup: { store: { find: (digest) => tell('store', store.find(digest)) }, isActive: () => tell('isActive', true) },
    authorization: { allow: () => tell('policy', true) },
    limits: { limiter: { consume: () => tell('limiter', undefined) } },
    onEvent: ({ type }) => order.push(type),
  })
  const ask = () => handler.handle(request({}, () => tell('body', form({ token: TOKEN }))))
  // The first request verifies the secret, which takes a promise. The next request finds it in memory.
  await ask()
  order.length = 0
  return { ask, order }
}

const EVERY_STEP = ['body', 'registry', 'store', 'policy', 'isActive', 'limiter', 'introspected']

describe('the plain-data form', () => {
  test('returns the answer as a value when no function returns a promise', async () => {
    const { ask, order } = await createTelling('nothing')
    const answer = ask()
    expect(answer).not.toBeInstanceOf(Promise)
    expect(order).toEqual(EVERY_STEP)
    expect(JSON.parse((await answer).body)).toEqual(ACTIVE)
  })

  test.each(ASKED)('returns a promise when %s does, with the same order of calls', async (later) => {
    const { ask, order } = await createTelling(later)
    const answer = ask()
    expect(answer).toBeInstanceOf(Promise)
    expect(order).toEqual(EVERY_STEP.slice(0, EVERY_STEP.indexOf(later) + 1))
    expect(JSON.parse((await answer).body)).toEqual(ACTIVE)
    expect(order).toEqual(EVERY_STEP)
  })

  test.each([
    ['the wrong method', { ...request(), method: 'GET' }, 405],
    ['the wrong media type', request({ 'content-type': 'application/json' }), 415],
    ['a body that cannot be read', request({}, () => Promise.reject(new Error('a bug'))), 500],
    ['no credentials', request({ authorization: '' }), 401],
    ['the wrong secret', request({ authorization: basic('orders-api', 'wrong') }), 401],
  ])('answers %s with an error, as a value or as a promise', async (_, refused, status) => {
    const { handler } = await createWarm()
    expect(await handler.handle(refused)).toMatchObject({ status })
  })
})

async function createWarm() {
  const store = createMemoryTokenStore({ now: () => NOW * 1000 })
  await store.save(TOKEN, RECORD)
  const registry = [...PROTECTED_RESOURCES]
  const handler: HttpHandler = createIntrospectionHandler({
    issuer: ISSUER,
    now: () => NOW * 1000,
    clientAuthentication: { findProtectedResource: (id) => registry.find((entry) => entry.id === id) },
    lookup: { store },
    onEvent: () => undefined,
  })
  await handler.handle(request())
  expect(handler.handle(request())).toMatchObject({ status: 200 })
  return { handler, registry, store }
}

describe('an answer that was given before', () => {
  test('is not used again after the token is revoked', async () => {
    const { handler, store } = await createWarm()
    await store.revoke(TOKEN)
    expect(handler.handle(request())).toMatchObject({ status: 200, body: INACTIVE })
  })

  test('is not used again after the secret is removed from the registration', async () => {
    const { handler, registry } = await createWarm()
    registry[0] = { id: 'orders-api', clientSecrets: ['another-Kd8sP1'], audiences: ['https://orders.example.com'] }
    expect(await handler.handle(request())).toMatchObject({ status: 401 })
  })

  test('is not used again after the caller is removed from the registry', async () => {
    const { handler, registry } = await createWarm()
    registry.length = 0
    expect(await handler.handle(request())).toMatchObject({ status: 401 })
  })

  test.each([
    ['one character more', basic('orders-api', `${SECRET}x`)],
    ['one character less', basic('orders-api', SECRET.slice(0, -1))],
    ['another last character', basic('orders-api', `${SECRET.slice(0, -1)}y`)],
    ['another identifier', basic('invoices-api', SECRET)],
    ['other spaces', basic('orders-api', SECRET).replace(' ', '\t')],
  ])('is not used for credentials with %s', async (_, authorization) => {
    const { handler } = await createWarm()
    expect(await handler.handle(request({ authorization }))).toMatchObject({ status: 401 })
    expect(handler.handle(request())).toMatchObject({ status: 200 })
  })
})
