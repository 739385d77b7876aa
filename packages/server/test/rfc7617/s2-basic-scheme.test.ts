/** RFC 7617 §2: the Basic scheme. */
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test, vi } from 'vitest'
import {
  type AcceptedBasicEncoding,
  type ClientAuthenticationFailedError,
  createMemoryTokenStore,
  createRevocationHandler,
  type Complaint,
  type RefusedEvent,
  type RevocationHandlerEvent,
  type WarningEvent,
} from '../../src/index.ts'
import { ask } from '../asking.ts'
import { basic, createEndpoint, json, post, RECORD, SECRET, send, token } from '../endpoint.ts'

const active = { token: token('active') }
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

describe('RFC 7617 §2', () => {
  test.each([undefined, 'introspection "A"'])('ERR-04 challenges with the realm %j', async (realm) => {
    const { handler } = await createEndpoint({ clientAuthentication: { realm } })
    const response = await send(handler, post(active, { authorization: undefined }))
    expect(parseChallenges(response.headers['www-authenticate'] ?? '')).toEqual([
      { scheme: 'Basic', parameters: { realm: realm ?? 'token introspection', charset: 'UTF-8' } },
    ])
  })

  test.each(['basic', 'BASIC', 'bAsIc'])('AUTH-04 accepts the scheme spelt %s', async (scheme) => {
    const { handler } = await createEndpoint()
    const authorization = basic('orders-api', SECRET).replace('Basic', scheme)
    expect((await send(handler, post(active, { authorization }))).status).toBe(200)
  })

  test.each([
    ['text that is not base64', '$$$$'],
    ['an incomplete group of base64', 'abcde'],
    ['base64 with misplaced padding', 'YTpi='],
    ['base64url', 'YTpi_-8='],
    ['nothing', ''],
    ['no colon', base64('orders-api')],
    ['a broken escape', base64('orders-api:%zz')],
    ['an escape that ends early', base64('orders-api:%4')],
    ['escapes that are not UTF-8', base64('orders-api:%FF%FE')],
    ['octets that are not UTF-8', base64('orders-api:\xff\xfe')],
    ['a control character', base64('orders-api:a\u0000b')],
    ['a line break', base64('orders-api:a\r\nb')],
    ['an escaped control character', base64('orders-api:a%0Ab')],
    ['a DEL', base64('orders-api:a\u007f')],
  ])('AUTH-05 answers Basic with %s with 401 invalid_client', async (_, credentials) => {
    for (const basicEncoding of ['form', 'form-then-raw', 'form-then-raw-then-latin1'] as const) {
      const { handler } = await createEndpoint({ clientAuthentication: { basicEncoding } })
      const response = await send(handler, post(active, { authorization: `Basic ${credentials}` }))
      expect([response.status, json(response).error]).toEqual([401, 'invalid_client'])
    }
  })
})

/** Basic credentials of `orders-api` as requests and Authlib write them: without form encoding, in ISO-8859-1. */
function latin1(secret: string, id = 'orders-api'): string {
  return `Basic ${base64(`${id}:${secret}`)}`
}

describe('RFC 7617 §2.1, senders of ISO-8859-1', () => {
  const secret = 'caf\u00e9-100%'
  const protectedResources = [{ id: 'orders-api', clientSecrets: [secret], audiences: [RECORD.aud] }]

  test.each<[string, AcceptedBasicEncoding, string, number]>([
    ['in ISO-8859-1', 'form-then-raw-then-latin1', latin1(secret), 200],
    ['in ISO-8859-1, which is not enabled', 'form-then-raw', latin1(secret), 401],
    ['in ISO-8859-1, with form encoding required', 'form', latin1(secret), 401],
    ['in UTF-8', 'form-then-raw-then-latin1', basic('orders-api', secret), 200],
    ['form-encoded', 'form-then-raw-then-latin1', basic('orders-api', 'caf%C3%A9-100%25'), 200],
    ['wrong, in ISO-8859-1', 'form-then-raw-then-latin1', latin1('caf\u00e8-100%'), 401],
    ['of another caller, in ISO-8859-1', 'form-then-raw-then-latin1', latin1(secret, 'invoices-api'), 401],
  ])('AUTH-10 a secret %s with %s', async (_, basicEncoding, authorization, status) => {
    const { handler } = await createEndpoint({ clientAuthentication: { basicEncoding, protectedResources } })
    for (let request = 0; request < 2; request++) {
      expect((await send(handler, post(active, { authorization }))).status).toBe(status)
    }
  })

  test('AUTH-10 has one interpretation, which counts as one attempt and asks the registry once', async () => {
    const consume = vi.fn()
    const findProtectedResource = vi.fn((id: string) => protectedResources.find((known) => known.id === id))
    const { handler } = await createEndpoint({
      clientAuthentication: {
        basicEncoding: 'form-then-raw-then-latin1',
        failures: { consume },
        findProtectedResource,
      },
    })
    for (const [id, wrong] of [
      ['orders-api', 'caf\u00e8'],
      ['nob\u00f6dy', 'caf\u00e8'],
    ] as const) {
      findProtectedResource.mockClear()
      consume.mockClear()
      const headers = { authorization: latin1(wrong, id) }
      expect((await ask(handler, {}, { headers, remoteAddress: '192.0.2.1' })).status).toBe(401)
      expect(findProtectedResource.mock.calls).toEqual([[id]])
      expect(consume.mock.calls).toEqual([
        [`${id} 192.0.2.1`, 1],
        ['192.0.2.1', 1],
      ])
    }
  })

  test.each<[string, AcceptedBasicEncoding | undefined, string, Partial<Complaint>]>([
    ['octets that are not UTF-8', undefined, latin1(secret), { rule: 'charset' }],
    ['a secret that is not form-encoded', 'form', basic('orders-api', '100%'), { rule: 'form' }],
    ['text that is not base64', undefined, 'Basic abcde', { rule: 'form', got: 'something else' }],
    [
      'another secret',
      undefined,
      basic('orders-api', 'x'),
      { rule: 'client_secret', got: 'another secret from "orders-api"' },
    ],
    [
      'nobody',
      undefined,
      basic('s3cr3t-in-the-wrong-place', 'x'),
      { rule: 'client_id', got: 'an identifier that is not registered' },
    ],
    [
      'another method',
      undefined,
      basic('post-api', 'x'),
      { rule: 'methods', expected: 'a method it is registered for: client_secret_post' },
    ],
    ['no secret', undefined, basic('key-api', 'x'), { rule: 'registration', got: 'no clientSecrets of "key-api"' }],
  ])('ERR-06 tells only the operator about %s', async (_, basicEncoding, authorization, complaint) => {
    const { handler, events } = await createEndpoint({
      clientAuthentication: {
        basicEncoding,
        protectedResources: [
          ...protectedResources,
          { id: 'post-api', clientSecrets: ['y'], methods: ['client_secret_post'] },
          { id: 'key-api', jwksUri: 'https://key.example.com/jwks' },
        ],
      },
    })
    const response = await send(handler, post(active, { authorization }))
    expect([response.status, json(response)]).toEqual([401, { error: 'invalid_client' }])
    const { error } = events.find(({ type }) => type === 'refused') as RefusedEvent
    expect((error as ClientAuthenticationFailedError).complaint).toMatchObject(complaint)
    expect(error.message).toMatch(/^client_secret_basic: \w+: got .*, expected .*\. ./)
    expect(error.message).not.toMatch(/caf|100%|s3cr3t/)
  })

  test('ERR-06 suggests the option when the octets look like ISO-8859-1', async () => {
    const { handler, events } = await createEndpoint({ clientAuthentication: { protectedResources } })
    await send(handler, post(active, { authorization: latin1(secret) }))
    expect((events[0] as RefusedEvent).error.message).toContain(
      "set clientAuthentication.basicEncoding to 'form-then-raw-then-latin1'",
    )
  })
})

describe('RFC 7617 §2, identifiers with a colon', () => {
  const withColons = [
    { id: 'urn:orders', clientSecrets: ['x'] },
    { id: 'https://invoices.example.com', clientSecrets: ['x'] },
    { id: 'plain', clientSecrets: ['x'] },
    { id: 'urn:post', clientSecrets: ['x'], methods: ['client_secret_post'] },
    { id: 'urn:key', jwksUri: 'https://key.example.com/jwks' },
  ] as const

  test('cause one warning at the start when Basic can use them', async () => {
    const { events } = await createEndpoint({ clientAuthentication: { protectedResources: withColons } })
    expect(events).toMatchObject([{ type: 'warning', code: 'colon-in-identifier' }])
    const [{ message }] = events as [WarningEvent]
    expect(message).toContain('clientAuthentication.protectedResources: ')
    expect(message).toContain('["urn:orders","https://invoices.example.com"]')
  })

  test('cause a warning at the revocation endpoint too', () => {
    const events: RevocationHandlerEvent[] = []
    createRevocationHandler({
      clientAuthentication: { clients: [{ id: 'urn:orders', clientSecrets: ['x'] }] },
      lookup: { store: createMemoryTokenStore() },
      onEvent: (event) => void events.push(event),
    })
    expect(events).toMatchObject([{ type: 'warning', code: 'colon-in-identifier' }])
  })

  test('cause no warning when Basic is not enabled', async () => {
    const { events } = await createEndpoint({
      clientAuthentication: { methods: ['client_secret_post'], protectedResources: withColons },
    })
    expect(events).toEqual([])
  })

  test('cause one warning when a caller sends them raw, because its credentials are split at the first colon', async () => {
    const { handler, events } = await createEndpoint({
      clientAuthentication: {
        protectedResources: [{ id: 'urn:orders', clientSecrets: ['x'], audiences: [RECORD.aud] }],
      },
    })
    expect((await send(handler, post(active, { authorization: basic('urn:orders', 'x') }))).status).toBe(401)
    expect((events.at(-1) as RefusedEvent).error.message).toContain(
      'An identifier with a colon arrives whole only when',
    )
    expect((await send(handler, post(active, { authorization: basic('urn%3Aorders', 'x') }))).status).toBe(200)
  })
})
