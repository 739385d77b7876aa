/** RFC 7009 §2.1: who may revoke a token, and which tokens end with it. */
import { describe, expect, test } from 'vitest'
import { createMemoryTokenStore, digestToken, type TokenRecord } from '../../src/index.ts'
import { basic, NOW, OTHER_SECRET, SECRET, send } from '../endpoint.ts'
import {
  APP_SECRET,
  createRevocationEndpoint,
  type RevocableName,
  revocable,
  revoke,
  WEB_SECRET,
} from '../revocation-endpoint.ts'

function isUsable(record: TokenRecord | null, now: number): boolean {
  return record !== null && record.revoked !== true && (record.nbf ?? 0) <= now && now < (record.exp ?? now + 1)
}

describe('RFC 7009 §2.1', () => {
  test.each<RevocableName>(['access', 'sibling', 'secondLogin', 'grantless'])(
    'REV-01 introspection answers inactive at once after the %s token was revoked',
    async (name) => {
      const { revocation, areActive } = await createRevocationEndpoint()
      expect(await areActive(name)).toEqual([true])
      expect((await send(revocation, revoke({ token: revocable(name) }))).status).toBe(200)
      expect(await areActive(name)).toEqual([false])
    },
  )

  test('REV-01 a token that is revoked before its nbf stays inactive after its nbf', async () => {
    const { revocation, store } = await createRevocationEndpoint()
    const digest = await digestToken(revocable('future'))
    expect(isUsable(await store.find(digest), NOW + 60)).toBe(true)
    expect((await send(revocation, revoke({ token: revocable('future') }))).status).toBe(200)
    expect(isUsable(await store.find(digest), NOW + 60)).toBe(false)
  })

  test('REV-02 a refresh token ends the access tokens of its grant and of no other grant', async () => {
    const { revocation, areActive } = await createRevocationEndpoint()
    expect(await areActive('access', 'sibling', 'secondLogin')).toEqual([true, true, true])
    expect((await send(revocation, revoke({ token: revocable('refresh') }))).status).toBe(200)
    expect(await areActive('access', 'sibling', 'secondLogin')).toEqual([false, false, true])
  })

  test('REV-02 a refresh token that was used ends its grant, and only for its own client', async () => {
    const store = createMemoryTokenStore({ now: () => NOW * 1000 })
    const { revocation, areActive, events } = await createRevocationEndpoint({}, store)
    expect(await store.consume(await digestToken(revocable('refresh')), NOW)).toBe(true)
    const request = { token: revocable('refresh') }
    const foreign = await send(revocation, revoke(request, { authorization: basic('app', APP_SECRET) }))
    expect([foreign.status, await areActive('access', 'sibling')]).toEqual([400, [true, true]])
    expect((await send(revocation, revoke(request))).status).toBe(200)
    expect(await areActive('access', 'sibling', 'secondLogin')).toEqual([false, false, true])
    expect((await send(revocation, revoke(request))).status).toBe(200)
    expect(events.slice(1)).toMatchObject([{ ended: 'grant' }, { ended: 'nothing' }])
  })

  test('REV-02 a refresh token that was used and has expired ends nothing', async () => {
    const clock = { seconds: NOW }
    const store = createMemoryTokenStore({ now: () => NOW * 1000 })
    const now = () => clock.seconds * 1000
    const { revocation, areActive, events } = await createRevocationEndpoint({ now }, store)
    await store.consume(await digestToken(revocable('refresh')), NOW)
    clock.seconds = NOW + 90_000
    expect((await send(revocation, revoke({ token: revocable('refresh') }))).status).toBe(200)
    expect([events, await areActive('access')]).toMatchObject([[{ ended: 'nothing' }], [true]])
  })

  test.each([
    [undefined, [false, true]],
    [false, [false, true]],
    [true, [false, false]],
  ])(
    'REV-03 an access token ends its grant only with that option: accessTokenEndsGrant %s',
    async (accessTokenEndsGrant, active) => {
      const { revocation, areActive, store } = await createRevocationEndpoint({ revocation: { accessTokenEndsGrant } })
      await send(revocation, revoke({ token: revocable('access') }))
      expect(await areActive('access', 'sibling')).toEqual(active)
      // With the option the refresh token has ended too, so revoking it ends nothing. Without the option it ends the grant.
      const events: unknown[] = []
      const second = await createRevocationEndpoint(
        { onEvent: (event) => void events.push(event) },
        { ...store, save: async () => undefined },
      )
      await send(second.revocation, revoke({ token: revocable('refresh') }))
      expect(events).toMatchObject([{ ended: accessTokenEndsGrant === true ? 'nothing' : 'grant' }])
    },
  )

  test.each([
    ['a protected resource in the audience of the token', basic('orders-api', SECRET), 401],
    ['a protected resource outside the audience of the token', basic('invoices-api', OTHER_SECRET), 401],
    ['another client', basic('app', APP_SECRET), 400],
    ['nobody', undefined, 401],
  ])('REV-05 %s cannot revoke a token', async (_, authorization, status) => {
    const { revocation, areActive } = await createRevocationEndpoint()
    for (const name of ['access', 'refresh'] as const) {
      const response = await send(revocation, revoke({ token: revocable(name) }, { authorization }))
      expect(response.status).toBe(status)
    }
    expect(await areActive('access', 'sibling')).toEqual([true, true])
  })

  test('REV-05 a protected resource cannot revoke a token with the client_id of its client', async () => {
    const { revocation, areActive } = await createRevocationEndpoint()
    const request = revoke({ token: revocable('access') }, { authorization: basic('web', SECRET) })
    expect((await send(revocation, request)).status).toBe(401)
    expect(await areActive('access')).toEqual([true])
  })

  test('REV-05 a client cannot introspect with its credentials for revocation', async () => {
    const { introspection } = await createRevocationEndpoint()
    const request = revoke({ token: revocable('access') }, { authorization: basic('web', WEB_SECRET) })
    expect((await send(introspection, request)).status).toBe(401)
  })
})
