/** RFC 9700 §4.9.3: tokens appear neither in a store nor in answers and events. */
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
  test('a store keeps only the digest of a token (SEC-11)', async () => {
    const { store } = await createEndpoint()
    expect(store.find(await digestToken(token('active')))).toMatchObject({ sub: RECORD.sub })
    expect(store.find(token('active'))).toBeNull()
  })

  test('the handler asks a store by digest (SEC-11)', async () => {
    const asked: string[] = []
    const store = { find: (digest: string) => (asked.push(digest), null) }
    const { handler } = await createEndpoint({ lookup: { store } })
    await send(handler, post({ token: token('active') }))
    expect(asked).toEqual([await digestToken(token('active'))])
  })

  test.each([
    ['an active token', post({ token: token('active') }), 200],
    ['an inactive token', post({ token: token('expired') }), 200],
    ['a token for another protected resource', post({ token: token('foreign') }), 200],
    [
      'a token, and another token as the hint',
      post({ token: token('active'), token_type_hint: token('revoked') }),
      200,
    ],
    ['a wrong secret', post({ token: token('active') }, { authorization: basic('orders-api', OTHER_SECRET) }), 401],
    ['a token as credentials', post({ token: 'x' }, { authorization: `Bearer ${token('active')}` }), 401],
    ['a form without a token', post({ tokn: token('active') }), 400],
  ])('%s is in no answer and no event (SEC-11)', async (_, request, status) => {
    const { handler, events } = await createEndpoint()
    const response = await send(handler, request)
    expect([response.status, events.length]).toEqual([status, 1])
    expectNothingSecret(response, events)
  })

  test('an error about a wrong record does not contain the token either (SEC-11)', async () => {
    const { handler, events } = await createEndpoint({
      lookup: { store: storeOf({ ...RECORD, sub: [token('active')] }) },
    })
    const response = await send(handler, post({ token: token('active') }))
    expect([response.status, events.length]).toEqual([500, 1])
    expectNothingSecret(response, events)
  })
})
