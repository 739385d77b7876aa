/** RFC 9700 §4.9.3: tokens stand neither in a store nor in what is answered and reported. */
import { describe, expect, test } from 'vitest'
import { digestToken } from '../../src/index.ts'
import {
  basic,
  createEndpoint,
  expectNothingSecret,
  OTHER_SECRET,
  post,
  RECORD,
  send,
  storeOf,
  token,
} from '../endpoint.ts'

describe('RFC 9700 §4.9.3', () => {
  test('a store knows a token by its digest alone (SEC-11)', async () => {
    const { store } = await createEndpoint()
    expect(store.find(await digestToken(token('active')))).toMatchObject({ sub: RECORD.sub })
    expect(store.find(token('active'))).toBeNull()
  })

  test('a store is asked by the digest (SEC-11)', async () => {
    const asked: string[] = []
    const store = { find: (digest: string) => (asked.push(digest), null) }
    const { handler } = await createEndpoint({ lookup: { store } })
    await send(handler, post({ token: token('active') }))
    expect(asked).toEqual([await digestToken(token('active'))])
  })

  test.each([
    ['an active token', post({ token: token('active') }), 200],
    ['an inactive token', post({ token: token('expired') }), 200],
    ['a token of somebody else', post({ token: token('foreign') }), 200],
    ['a token under a hint that is one', post({ token: token('active'), token_type_hint: token('revoked') }), 200],
    ['a wrong secret', post({ token: token('active') }, { authorization: basic('orders-api', OTHER_SECRET) }), 401],
    ['a token in the place of credentials', post({ token: 'x' }, { authorization: `Bearer ${token('active')}` }), 401],
    ['a form without a token', post({ tokn: token('active') }), 400],
  ])('%s is in no answer and no event (SEC-11)', async (_, request, status) => {
    const { handler, events } = await createEndpoint()
    const response = await send(handler, request)
    expect([response.status, events.length]).toEqual([status, 1])
    expectNothingSecret(response, events)
  })

  test('an answer that cannot be shaped does not say it either (SEC-11)', async () => {
    const { handler, events } = await createEndpoint({
      lookup: { store: storeOf({ ...RECORD, sub: [token('active')] }) },
    })
    const response = await send(handler, post({ token: token('active') }))
    expect([response.status, events.length]).toEqual([500, 1])
    expectNothingSecret(response, events)
  })
})
