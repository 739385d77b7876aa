import { describe, expect, test, vi } from 'vitest'
import type {
  AcceptedBasicEncoding,
  BasicReadEvent,
  ClientAuthenticationFailedError,
  ProtectedResource,
  RefusedEvent,
  VerifySecret,
} from '../../src/index.ts'
import { basic, type Changes, createEndpoint, json, post, RECORD, send, token } from '../endpoint.ts'

const secret = 'caf\u00e9+1'
const active = { token: token('active') }

/** `orders-api`, with a setting of its own. */
function orders(basicEncoding: AcceptedBasicEncoding | undefined): ProtectedResource {
  return { id: 'orders-api', clientSecrets: [secret], audiences: [RECORD.aud], basicEncoding }
}

/** The same credentials in each encoding. */
const SENT = {
  form: basic('orders-api', 'caf%C3%A9%2B1'),
  raw: basic('orders-api', secret),
  latin1: `Basic ${Buffer.from(`orders-api:${secret}`, 'latin1').toString('base64')}`,
}

async function statuses(changes: Changes): Promise<number[]> {
  const { handler } = await createEndpoint(changes)
  const answers: number[] = []
  for (const authorization of Object.values(SENT)) {
    // The second request with good credentials is answered from memory.
    const [first, second] = [
      await send(handler, post(active, { authorization })),
      await send(handler, post(active, { authorization })),
    ]
    expect(second.status).toBe(first.status)
    answers.push(first.status)
  }
  return answers
}

const BY_SETTING: readonly [AcceptedBasicEncoding, number[]][] = [
  ['form', [200, 401, 401]],
  ['form-then-raw', [200, 200, 401]],
  ['form-then-raw-then-latin1', [200, 200, 200]],
]

describe('basicEncoding of a caller', () => {
  test.each(
    BY_SETTING.flatMap(([own, expected]) => BY_SETTING.map(([endpoint]) => [own, endpoint, expected] as const)),
  )('AUTH-10 %s replaces %s of the endpoint', async (own, endpoint, expected) => {
    const list = { basicEncoding: endpoint, protectedResources: [orders(own)] }
    expect(await statuses({ clientAuthentication: list })).toEqual(expected)
    const find = { basicEncoding: endpoint, findProtectedResource: () => orders(own) }
    expect(await statuses({ clientAuthentication: find })).toEqual(expected)
  })

  test.each(BY_SETTING)('is %s by default when the endpoint says so', async (endpoint, expected) => {
    const clientAuthentication = { basicEncoding: endpoint, protectedResources: [orders(undefined)] }
    expect(await statuses({ clientAuthentication })).toEqual(expected)
  })

  test('has no effect on other callers', async () => {
    const other: ProtectedResource = { id: 'other-api', clientSecrets: ['100%'], audiences: [RECORD.aud] }
    const { handler } = await createEndpoint({
      clientAuthentication: { basicEncoding: 'form', protectedResources: [orders('form-then-raw'), other] },
    })
    const raw = post(active, { authorization: basic('other-api', '100%') })
    expect((await send(handler, raw)).status).toBe(401)
  })

  test('ends the use of remembered raw credentials when a registration is narrowed, and keeps their form-encoded spelling', async () => {
    let own: AcceptedBasicEncoding = 'form-then-raw-then-latin1'
    const { handler } = await createEndpoint({ clientAuthentication: { findProtectedResource: () => orders(own) } })
    const ask = async (authorization: string) => (await send(handler, post(active, { authorization }))).status
    for (const authorization of Object.values(SENT)) expect(await ask(authorization)).toBe(200)
    own = 'form-then-raw'
    expect([await ask(SENT.latin1), await ask(SENT.raw), await ask(SENT.form)]).toEqual([401, 200, 200])
    own = 'form'
    expect([await ask(SENT.latin1), await ask(SENT.raw), await ask(SENT.form)]).toEqual([401, 401, 200])
    own = 'form-then-raw-then-latin1'
    expect([await ask(SENT.latin1), await ask(SENT.raw), await ask(SENT.form)]).toEqual([200, 200, 200])
  })

  test.each<[string, string, string | undefined]>([
    ['a wrong secret of a registered caller', basic('orders-api', 'wrong+1'), undefined],
    ['the right secret in an encoding that the caller may not use', SENT.raw, 'basicEncoding'],
    ['an identifier that is not registered', basic('nobody', 'wrong+1'), 'client_id'],
  ])('costs as many verifications and one point for %s', async (_, authorization, rule) => {
    const verifySecret = vi.fn<VerifySecret>((presented, registered) => `hash of ${presented}` === registered)
    const consume = vi.fn()
    const { handler, events } = await createEndpoint({
      clientAuthentication: {
        basicEncoding: 'form',
        verifySecret,
        decoySecret: 'hash of nothing',
        failures: { consume },
        remoteAddress: () => '192.0.2.1',
        protectedResources: [{ ...orders(undefined), clientSecrets: [`hash of ${secret}`] }],
      },
    })
    const response = await send(handler, post(active, { authorization }))
    expect([response.status, json(response)]).toEqual([401, { error: 'invalid_client' }])
    expect(verifySecret).toHaveBeenCalledTimes(2)
    expect(consume.mock.calls.map(([, points]: unknown[]) => points)).toEqual([1, 1])
    const { complaint } = (events[0] as RefusedEvent).error as ClientAuthenticationFailedError
    expect(complaint?.rule).toBe(rule ?? 'client_secret')
  })

  test('compares every secret also when the right one comes in an encoding that the caller may not use', async () => {
    const verifySecret = vi.fn<VerifySecret>((presented, registered) => `hash of ${presented}` === registered)
    const clientSecrets = [`hash of ${secret}`, 'hash of another']
    const { handler } = await createEndpoint({
      clientAuthentication: { verifySecret, protectedResources: [{ ...orders('form'), clientSecrets }] },
    })
    expect((await send(handler, post(active, { authorization: SENT.raw }))).status).toBe(401)
    expect(verifySecret).toHaveBeenCalledTimes(4)
  })

  test('refuses another value', async () => {
    const clientAuthentication = { protectedResources: [orders('raw' as never)] }
    await expect(createEndpoint({ clientAuthentication })).rejects.toThrow(
      'clientAuthentication.protectedResources[0].basicEncoding: must be one of',
    )
  })
})

describe('the event basic-read', () => {
  test('says at each request which encoding was good, without the secret', async () => {
    const { handler, events } = await createEndpoint({
      clientAuthentication: { basicEncoding: 'form-then-raw-then-latin1', protectedResources: [orders(undefined)] },
    })
    for (const encoding of ['form', 'raw', 'latin1'] as const) {
      events.length = 0
      for (let request = 0; request < 2; request++) {
        await send(handler, post(active, { authorization: SENT[encoding] }))
      }
      const read: BasicReadEvent = { type: 'basic-read', caller: 'orders-api', encoding }
      expect(events.filter(({ type }) => type === 'basic-read')).toEqual([read, read])
      expect(events.map(({ type }) => type)).toEqual(['basic-read', 'introspected', 'basic-read', 'introspected'])
    }
  })

  test.each([
    ['credentials that mean the same in every encoding', basic('invoices-api', 'plain-1')],
    ['wrong credentials', basic('orders-api', 'wrong+1')],
    ['an encoding that is refused', SENT.latin1],
  ])('is not reported about %s', async (_, authorization) => {
    const plain: ProtectedResource = { id: 'invoices-api', clientSecrets: ['plain-1'] }
    const { handler, events } = await createEndpoint({
      clientAuthentication: { protectedResources: [orders(undefined), plain] },
    })
    await send(handler, post(active, { authorization }))
    expect(events.filter(({ type }) => type === 'basic-read')).toEqual([])
  })

  test('is not reported about a secret in the form', async () => {
    const { handler, events } = await createEndpoint({
      clientAuthentication: { protectedResources: [orders(undefined)] },
    })
    const body = { ...active, client_id: 'orders-api', client_secret: secret }
    expect((await send(handler, post(body, { authorization: undefined }))).status).toBe(200)
    expect(events.map(({ type }) => type)).toEqual(['introspected'])
  })
})
