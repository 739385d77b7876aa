/** RFC 7662 §2.1: the requests that the endpoint accepts as introspection requests. */
import { describe, expect, test } from 'vitest'
import type { TokenResolver } from '../../src/index.ts'
import {
  ACTIVE,
  basic,
  createEndpoint,
  FORM,
  form,
  INACTIVE,
  json,
  post,
  RECORD,
  SECRET,
  send,
  token,
} from '../endpoint.ts'

const active = { token: token('active') }

describe('RFC 7662 §2.1', () => {
  test.each([FORM, 'Application/X-WWW-Form-Urlencoded', `${FORM}; charset=UTF-8`, `${FORM};charset=iso-8859-1`])(
    'REQ-05 accepts a form sent as %s',
    async (contentType) => {
      const { handler } = await createEndpoint()
      expect((await send(handler, post(active, { 'content-type': contentType }))).status).toBe(200)
    },
  )

  test.each<[string, string, string | undefined]>([
    ['JSON', JSON.stringify(active), 'application/json'],
    ['a form that says it is JSON', form(active), 'application/json'],
    ['a form that says it is text', form(active), 'text/plain'],
    ['a form without a media type', form(active), undefined],
    [
      'multipart',
      `--b\r\ncontent-disposition: form-data; name=token\r\n\r\n${token('active')}\r\n--b--`,
      'multipart/form-data; boundary=b',
    ],
  ])('REQ-05 accepts nothing else: %s', async (_, body, contentType) => {
    const { handler } = await createEndpoint()
    const response = await send(handler, post(body, { 'content-type': contentType }))
    expect([response.status, json(response).error]).toEqual([415, 'invalid_request'])
  })

  test('REQ-06 finds a token by its exact characters, whatever they are', async () => {
    const { handler, store } = await createEndpoint()
    const odd = `a+b/c=d&e%20f~g h.é"`
    await store.save(odd, { kind: 'access_token', aud: 'urn:orders', sub: 'odd' })
    expect(json(await send(handler, post({ token: odd }))).sub).toBe('odd')
    for (const other of [
      odd.trim().toLowerCase().replace('é', 'e'),
      ` ${odd}`,
      `${odd} `,
      `Bearer ${odd}`,
      odd.replace('+', ' '),
    ]) {
      expect((await send(handler, post({ token: other }))).body).toBe(INACTIVE)
    }
  })

  test.each(['refresh_token', 'pct', 'access_token'])('REQ-10 finds the token with the hint %s', async (hint) => {
    const { handler } = await createEndpoint()
    expect(json(await send(handler, post({ ...active, token_type_hint: hint })))).toEqual(ACTIVE)
  })

  test.each(['foo', 'urn:ietf:params:oauth:token-type:access_token', 'ACCESS_TOKEN', ' ', '*'])(
    'REQ-11 gives the same answer with the unregistered hint %j',
    async (hint) => {
      const { handler } = await createEndpoint()
      expect(json(await send(handler, post({ ...active, token_type_hint: hint })))).toEqual(ACTIVE)
      const inactive = await send(handler, post({ token: token('expired'), token_type_hint: hint }))
      expect([inactive.status, inactive.body]).toEqual([200, INACTIVE])
    },
  )

  test.each(['active', 'expired', 'refresh'] as const)(
    'REQ-15 tells an anonymous caller nothing about the %s token',
    async (name) => {
      const { handler } = await createEndpoint()
      const response = await send(handler, post({ token: token(name) }, { authorization: undefined }))
      expect(response.status).toBe(401)
      expect(response.body).not.toContain('active')
    },
  )

  test('REQ-16 lets protected resources introspect, and not the clients that tokens are issued to', async () => {
    const { handler } = await createEndpoint()
    const ofItsOwn = post(active, { authorization: basic('web', SECRET) })
    expect((await send(handler, ofItsOwn)).status).toBe(401)
    expect((await send(handler, post(active))).status).toBe(200)
  })

  test('REQ-14 answers inactive, not an error, when the token needs more context to be identified', async () => {
    const resolver: TokenResolver = {
      name: 'per tenant',
      resolve: (lookup) => (lookup.parameter('tenant') === 'a' ? RECORD : null),
    }
    const { handler } = await createEndpoint({ lookup: { resolvers: [resolver] } })
    expect(json(await send(handler, post({ ...active, tenant: 'a' }))).active).toBe(true)
    for (const parameters of [active, { ...active, tenant: 'b' }]) {
      const response = await send(handler, post(parameters))
      expect([response.status, response.body]).toEqual([200, INACTIVE])
    }
  })

  test('REQ-18 does not accept the introspected token as the credentials of the call', async () => {
    const { handler } = await createEndpoint()
    for (const scheme of ['Bearer', 'DPoP', 'Basic']) {
      const request = post(active, { authorization: `${scheme} ${token('active')}` })
      expect((await send(handler, request)).status).toBe(401)
    }
  })

  test.each([
    ['the name of the token', { Token: token('active') }, 400],
    ['the name of the token, all in capitals', { TOKEN: token('active') }, 400],
    ['the token', { token: token('active').toUpperCase() }, 200],
  ])('REQ-19 distinguishes case in %s', async (_, parameters, status) => {
    const { handler } = await createEndpoint()
    const response = await send(handler, post(parameters))
    expect(response.status).toBe(status)
    expect(response.body).not.toContain('"active":true')
  })

  test('REQ-19 treats TOKEN_TYPE_HINT as a parameter other than token_type_hint', async () => {
    const { handler } = await createEndpoint()
    const response = await send(handler, post({ ...active, token_type_hint: 'a', TOKEN_TYPE_HINT: 'b' }))
    expect(json(response)).toEqual(ACTIVE)
  })
})
