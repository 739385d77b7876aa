/** RFC 6749 §2.3: how a caller authenticates with a secret. */
import { describe, expect, test } from 'vitest'
import type { ClientAuthenticationMethod } from '../../src/index.ts'
import { basic, type Changes, createEndpoint, json, post, RECORD, SECRET, send, token } from '../endpoint.ts'

const active = { token: token('active') }
const anonymous = { authorization: undefined }

function registered(id: string, clientSecret: string): Changes {
  return {
    clientAuthentication: {
      protectedResources: [{ id, clientSecrets: [clientSecret], audiences: [RECORD.aud] }],
      basicEncoding: 'form',
    },
  }
}

describe('RFC 6749 §2.3', () => {
  test.each([
    ['colons in the secret', 'orders-api', 'a:b:c', 'orders-api:a:b:c'],
    ['an encoded colon in the identifier', 'https://rs', 's', 'https%3A%2F%2Frs:s'],
    ['an encoded percent sign', 'orders-api', '100%25', 'orders-api:100%2525'],
    ['a plus for a space', 'orders-api', 'a b+c', 'orders-api:a+b%2Bc'],
    ['octets of UTF-8', 'orders-api', 'é€', 'orders-api:%C3%A9%E2%82%AC'],
    ['escapes where none are needed', 'orders-api', 'a-b', '%6frders%2Dapi:a%2db'],
  ])('AUTH-02 splits at the first colon, then decodes: %s', async (_, id, clientSecret, sent) => {
    const { handler } = await createEndpoint(registered(id, clientSecret))
    const authorization = `Basic ${Buffer.from(sent).toString('base64')}`
    expect((await send(handler, post(active, { authorization }))).status).toBe(200)
  })

  test('AUTH-02 decodes once', async () => {
    const { handler } = await createEndpoint(registered('orders-api', 'a b'))
    expect((await send(handler, post(active, { authorization: basic('orders-api', 'a%252Bb') }))).status).toBe(401)
    expect((await send(handler, post(active, { authorization: basic('orders-api', 'a%2Bb') }))).status).toBe(401)
  })

  test('AUTH-10 uses credentials without decoding when the decoded ones are wrong, unless the option allows only form encoding', async () => {
    const { clientAuthentication } = registered('orders-api', 'a%2Bb')
    const asItStands = post(active, { authorization: basic('orders-api', 'a%2Bb') })
    const { handler } = await createEndpoint({
      clientAuthentication: { ...clientAuthentication, basicEncoding: undefined },
    })
    expect((await send(handler, asItStands)).status).toBe(200)
    const { handler: strict } = await createEndpoint({ clientAuthentication: { ...clientAuthentication } })
    expect((await send(strict, asItStands)).status).toBe(401)
  })

  test('AUTH-03 accepts HTTP Basic by default', async () => {
    const { handler } = await createEndpoint()
    expect((await send(handler, post(active, { authorization: basic('orders-api', SECRET) }))).status).toBe(200)
  })

  test('AUTH-06 accepts a secret in the body, and never in the query', async () => {
    const { handler } = await createEndpoint()
    const parameters = { client_id: 'orders-api', client_secret: SECRET }
    expect((await send(handler, post({ ...active, ...parameters }, anonymous))).status).toBe(200)
    const target = `/introspect?${new URLSearchParams(parameters).toString()}`
    expect((await send(handler, post(active, anonymous, { target }))).status).toBe(401)
  })

  test('REQ-22 reads the token from the body, and never from the query', async () => {
    const { handler } = await createEndpoint()
    const target = `/introspect?token=${token('active')}`
    expect((await send(handler, post('', {}, { target }))).status).toBe(400)
    const other = await send(handler, post({ token: token('expired') }, {}, { target }))
    expect(json(other)).toEqual({ active: false })
  })

  test.each([
    ['a secret in the body beside Basic', { ...active, client_id: 'orders-api', client_secret: SECRET }, {}, 400],
    ['a wrong secret in the body beside Basic', { ...active, client_id: 'x', client_secret: 'wrong' }, {}, 400],
    [
      'a secret in the body beside a wrong one in Basic',
      { ...active, client_id: 'orders-api', client_secret: SECRET },
      { authorization: basic('orders-api', 'wrong') },
      400,
    ],
    ['an assertion beside Basic', { ...active, client_assertion: 'e30.e30.' }, {}, 401],
    [
      'an assertion beside a secret in the body',
      { ...active, client_id: 'orders-api', client_secret: SECRET, client_assertion: 'e30.e30.' },
      anonymous,
      401,
    ],
  ])('ERR-09 refuses %s', async (_, parameters, headers, status) => {
    const { handler } = await createEndpoint()
    const response = await send(handler, post(parameters, headers))
    expect([response.status, json(response).error]).toEqual([
      status,
      status === 400 ? 'invalid_request' : 'invalid_client',
    ])
  })

  test.each([
    ['the same', 'orders-api', 200],
    ['an empty', '', 200],
    ['another', 'invoices-api', 400],
    ['an unknown', 'nobody', 400],
    ['a differently spelt', 'ORDERS-API', 400],
  ])('AUTH-08 beside Basic, %s client_id in the body gets the right status', async (_, clientId, status) => {
    const { handler } = await createEndpoint()
    expect((await send(handler, post({ ...active, client_id: clientId }))).status).toBe(status)
  })

  test.each(['orders-api', 'web', 'spa'])(
    'AUTH-09 does not authenticate a caller by client_id=%s alone',
    async (clientId) => {
      const { handler } = await createEndpoint()
      const response = await send(handler, post({ ...active, client_id: clientId }, anonymous))
      expect([response.status, json(response).error]).toEqual([401, 'invalid_client'])
    },
  )
})

describe('the event about credentials of another method', () => {
  const assertion = { client_assertion: 'x.y.z', client_assertion_type: 'jwt' }

  test.each<[string, Record<string, string>, string | undefined, readonly ClientAuthenticationMethod[], string]>([
    ['Basic', {}, basic('a', 'b'), ['client_secret_post'], 'client_secret_basic'],
    [
      'a secret in the form',
      { client_id: 'a', client_secret: 'b' },
      undefined,
      ['client_secret_basic'],
      'client_secret_post',
    ],
    ['a Bearer token', {}, 'Bearer abc', ['client_secret_basic'], 'an access token by Bearer'],
    [
      'a secret without a scheme',
      {},
      's3cr3t-Q7',
      ['client_secret_basic'],
      'an Authorization field of another scheme or form',
    ],
    ['Basic in another form', {}, 'Basic $$$', ['client_secret_basic'], 'Basic without one text of base64'],
    [
      'an assertion beside Basic',
      assertion,
      basic('a', 'b'),
      ['client_secret_basic'],
      'client_assertion beside an Authorization field',
    ],
    [
      'an assertion beside a secret',
      { ...assertion, client_id: 'a', client_secret: 'b' },
      undefined,
      ['client_secret_basic'],
      'client_assertion beside other credentials',
    ],
  ])('names %s', async (_, parameters, authorization, methods, got) => {
    const { handler, events } = await createEndpoint({ clientAuthentication: { methods } })
    const response = await send(handler, post({ token: token('active'), ...parameters }, { authorization }))
    expect([response.status, json(response)]).toEqual([401, { error: 'invalid_client' }])
    expect(events).toMatchObject([{ type: 'refused', error: { complaint: { rule: 'method', got } } }])
    expect(JSON.stringify(events.map((event) => ('error' in event ? String(event.error) : '')))).not.toContain('s3cr3t')
  })
})
