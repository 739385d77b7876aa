/** RFC 7009 §2.2: the answers that a client gets. */
import { describe, expect, test } from 'vitest'
import { json, post, send } from '../endpoint.ts'
import { createRevocationEndpoint, REVOCABLE, type RevocableName, revocable, revoke } from '../revocation-endpoint.ts'

describe('RFC 7009 §2.2', () => {
  test.each([
    ['unknown', 'never-issued'],
    ['of a form that no server issues', 'ä \u0000 %'],
    ['expired', revocable('expired')],
    ['expired and of another client', revocable('expiredOfApp')],
  ])('REV-04 a token that is %s gets 200 without content', async (_, token) => {
    const { revocation, areActive } = await createRevocationEndpoint()
    const response = await send(revocation, revoke({ token }))
    expect([response.status, response.body]).toEqual([200, ''])
    expect(await areActive('access', 'sibling')).toEqual([true, true])
  })

  test.each<RevocableName>(['access', 'refresh'])(
    'REV-04 the %s token gets 200 without content again when it is revoked again',
    async (name) => {
      const { revocation } = await createRevocationEndpoint()
      const answers = [await send(revocation, revoke({ token: revocable(name) }))]
      answers.push(await send(revocation, revoke({ token: revocable(name) })))
      expect(answers[0]).toMatchObject({ status: 200, body: '' })
      expect(answers[1]).toEqual(answers[0])
    },
  )

  test.each(['access_token', 'refresh_token', 'id_token', 'urn:example:macaroon', 'é', '"'])(
    'REV-04 the hint %s changes nothing',
    async (hint) => {
      const { revocation, areActive } = await createRevocationEndpoint()
      const answers = [
        await send(revocation, revoke({ token: revocable('access'), token_type_hint: hint })),
        await send(revocation, revoke({ token: revocable('refresh'), token_type_hint: hint })),
        await send(revocation, revoke({ token: 'never-issued', token_type_hint: hint })),
      ]
      expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [200, '']))
      expect(await areActive('access', 'sibling', 'secondLogin')).toEqual([false, false, true])
    },
  )
})

describe('RFC 7009 §2.2.1', () => {
  test.each(Object.keys(REVOCABLE) as RevocableName[])(
    'REV-06 introspection never answers unsupported_token_type, as for the %s token',
    async (name) => {
      const { introspection } = await createRevocationEndpoint()
      for (const hint of ['access_token', 'refresh_token', 'id_token']) {
        const response = await send(introspection, post({ token: revocable(name), token_type_hint: hint }))
        expect([response.status, typeof json(response).active]).toEqual([200, 'boolean'])
      }
    },
  )

  test('a failure of the store gets 503 with Retry-After', async () => {
    const { store } = await createRevocationEndpoint()
    const failing = { ...store, revoke: () => Promise.reject(new Error('down')) }
    const { revocation } = await createRevocationEndpoint({
      lookup: { store: failing },
      response: { retryAfterSeconds: 30 },
    })
    const response = await send(revocation, revoke({ token: revocable('access') }))
    expect([response.status, response.headers['retry-after']]).toEqual([503, '30'])
  })

  test('a client that repeats its request after a failure ends the whole grant', async () => {
    const { store } = await createRevocationEndpoint()
    let failures = 1
    const revokeGrant = async (grantId: string): Promise<void> => {
      if (failures-- > 0) throw new Error('down')
      await store.revokeGrant(grantId)
    }
    const endpoint = await createRevocationEndpoint({ lookup: { store: { ...store, revokeGrant } } }, store)
    const request = revoke({ token: revocable('refresh') })
    expect((await send(endpoint.revocation, request)).status).toBe(503)
    expect(await endpoint.areActive('access', 'sibling')).toEqual([true, true])
    expect((await send(endpoint.revocation, request)).status).toBe(200)
    expect(await endpoint.areActive('access', 'sibling')).toEqual([false, false])
  })
})
