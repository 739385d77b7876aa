/** RFC 7662 §4: the checks before a token counts as active, and the data that must not leak. */
import { describe, expect, test } from 'vitest'
import {
  basic,
  createEndpoint,
  INACTIVE,
  json,
  NOW,
  OTHER_SECRET,
  post,
  RECORD,
  send,
  storeOf,
  token,
} from '../endpoint.ts'

async function isActive(record: object, seconds = NOW): Promise<unknown> {
  const { handler } = await createEndpoint({ lookup: { store: storeOf(record) }, now: () => seconds * 1000 })
  return json(await send(handler, post({ token: 'any' }))).active
}

describe('RFC 7662 §4', () => {
  test('SEC-01 checks expiry to the second, by the clock of the option now', async () => {
    const record = { ...RECORD, exp: NOW + 10 }
    expect(await isActive(record, NOW + 9.999)).toBe(true)
    expect(await isActive(record, NOW + 10)).toBe(false)
    expect(await isActive({ ...RECORD, exp: undefined }, NOW + 1e9)).toBe(true)
  })

  test('SEC-02 checks that the token is already valid', async () => {
    const record = { ...RECORD, nbf: NOW + 10 }
    expect(await isActive(record, NOW + 9.999)).toBe(false)
    expect(await isActive(record, NOW + 10)).toBe(true)
  })

  test('SEC-03 checks revocation on every request, whatever revoked the token', async () => {
    const { handler, store } = await createEndpoint()
    const request = post({ token: token('active') })
    expect(json(await send(handler, request)).active).toBe(true)
    await store.revoke(token('active'))
    expect((await send(handler, request)).body).toBe(INACTIVE)
  })

  test.each([
    ['active', 'orders-api', true],
    ['active', 'invoices-api', false],
    ['foreign', 'orders-api', false],
    ['foreign', 'invoices-api', true],
    ['audienceless', 'orders-api', false],
    ['audienceless', 'invoices-api', false],
  ] as const)('SEC-05 checks whether the %s token may be used at %s: %s', async (name, id, active) => {
    const { handler } = await createEndpoint()
    const headers = id === 'orders-api' ? {} : { authorization: basic(id, OTHER_SECRET) }
    expect(json(await send(handler, post({ token: token(name) }, headers))).active).toBe(active)
  })

  test.each(['GET', 'HEAD'])('REQ-20 refuses %s, which would put the token into logs', async (method) => {
    const { handler } = await createEndpoint()
    const request = post('', {}, { method, target: `/introspect?token=${token('active')}` })
    const response = await send(handler, request)
    expect(response.status).toBe(405)
    expect(response.body).not.toContain('active')
  })

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('timeout')
      },
    ],
    ['rejects', () => Promise.reject(new Error('timeout'))],
  ])('ERR-18 answers 5xx, neither active nor inactive, when the store %s', async (_, find) => {
    const { handler } = await createEndpoint({ lookup: { store: { find } } })
    const response = await send(handler, post({ token: token('active') }))
    expect(response.status).toBe(503)
    expect(response.body).not.toContain('active')
  })

  test('ERR-18 answers 5xx when the check of the audience fails', async () => {
    const { handler } = await createEndpoint({
      authorization: { allow: () => Promise.reject(new Error('policy engine down')) },
    })
    const response = await send(handler, post({ token: token('active') }))
    expect(response.status).toBe(500)
    expect(response.body).not.toContain('active')
  })
})
