/** RFC 6749 §3.2: parameters that are missing, repeated or unknown. */
import { describe, expect, test } from 'vitest'
import { ACTIVE, createEndpoint, json, post, SECRET, send, token } from '../endpoint.ts'

const encoded = `token=${token('active')}`

describe('RFC 6749 §3.2', () => {
  test.each(['', 'token=', 'token', 'token_type_hint=access_token', '&&'])(
    'REQ-07 answers the body %j, which has no token, with 400 invalid_request',
    async (body) => {
      const { handler } = await createEndpoint()
      const response = await send(handler, post(body))
      expect([response.status, json(response).error]).toEqual([400, 'invalid_request'])
    },
  )

  test.each([
    ['token', `${encoded}&token=x`, {}],
    ['token, equal both times', `${encoded}&${encoded}`, {}],
    ['token_type_hint', `${encoded}&token_type_hint=a&token_type_hint=b`, {}],
    ['client_id', `${encoded}&client_id=orders-api&client_id=x`, {}],
    [
      'client_secret',
      `${encoded}&client_id=orders-api&client_secret=${SECRET}&client_secret=x`,
      { authorization: undefined },
    ],
  ])('REQ-08 answers a repeated %s with 400 invalid_request', async (_, body, headers) => {
    const { handler } = await createEndpoint()
    const response = await send(handler, post(body, headers))
    expect([response.status, json(response).error]).toEqual([400, 'invalid_request'])
  })

  test.each(['foo=bar', 'scope=admin', 'foo', 'resource=a&resource=b', '=', 'active=true'])(
    'REQ-12 ignores %s',
    async (more) => {
      const { handler } = await createEndpoint()
      expect(json(await send(handler, post(`${encoded}&${more}`)))).toEqual(ACTIVE)
    },
  )
})
