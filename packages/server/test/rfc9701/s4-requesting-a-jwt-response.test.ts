import { describe, expect, test } from 'vitest'
import { ACTIVE, basic, CHALLENGE, form, json, post, SECRET, send, token } from '../endpoint.ts'
import { askForJwt, createSigningEndpoint, JWT_TYPE, verifyAnswer } from '../signed-answers.ts'

describe('RFC 9701 §4', () => {
  test.each([
    JWT_TYPE,
    'Application/Token-Introspection+JWT',
    `${JWT_TYPE}; q=1.0`,
    `${JWT_TYPE}, application/json;q=0.9`,
    `application/json;q=0.1, ${JWT_TYPE};q=0.2`,
    'application/*, application/json;q=0',
    '*/*;q=0.1, application/json;q=0',
  ])('Accept: %s gets a JWT (JWT-31)', async (accept) => {
    const { handler } = await createSigningEndpoint()
    expect((await verifyAnswer(await send(handler, askForJwt('active', { accept })))).answer).toEqual(ACTIVE)
  })

  test.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    `application/json, ${JWT_TYPE}`,
    `${JWT_TYPE}, application/json`,
    `${JWT_TYPE};q=0, */*`,
    `${JWT_TYPE};q=0.5, application/json;q=0.6`,
    'application/token-introspection+jwtx, */*;q=0.1',
    'text/html',
    'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
    `text/plain;note="${JWT_TYPE}", application/json`,
  ])('Accept: %s gets JSON (JWT-31)', async (accept) => {
    const { handler } = await createSigningEndpoint()
    const response = await send(handler, askForJwt('active', { accept }))
    expect(response.headers['content-type']).toBe('application/json')
    expect(json(response)).toEqual(ACTIVE)
  })

  test.each(['application/jwt', `${JWT_TYPE};q=0, application/json;q=0`])(
    'Accept: %s gets 406 (JWT-31)',
    async (accept) => {
      const { handler } = await createSigningEndpoint()
      expect((await send(handler, askForJwt('active', { accept }))).status).toBe(406)
    },
  )

  test('every answer has Vary: Accept', async () => {
    const { handler } = await createSigningEndpoint()
    for (const accept of [JWT_TYPE, 'application/json', 'text/html']) {
      expect((await send(handler, askForJwt('active', { accept }))).headers['vary']).toBe('accept')
    }
  })

  test.each([JWT_TYPE, 'application/json', '*/*', undefined])(
    'a caller without authentication gets no answer, with Accept: %s (JWT-02)',
    async (accept) => {
      const { handler, events } = await createSigningEndpoint()
      for (const authorization of [undefined, basic('orders-api', 'wrong'), basic('nobody', SECRET)]) {
        const response = await send(handler, askForJwt('active', { accept, authorization }))
        expect([400, 401]).toContain(response.status)
        expect(response.headers['content-type']).toBe('application/json')
        expect(Object.keys(json(response))).toContain('error')
      }
      expect(events.map((event) => event.type)).toEqual(['refused', 'refused', 'refused'])
    },
  )

  test.each(['application/json', JWT_TYPE])(
    'the introspected token does not authenticate its presenter, with Accept: %s (JWT-04)',
    async (accept) => {
      const { handler } = await createSigningEndpoint()
      const authorization = `Bearer ${token('active')}`
      const response = await send(handler, post(form({ token: token('active') }), { accept, authorization }))
      expect(response.status).toBe(401)
      expect(response.headers['www-authenticate']).toContain(CHALLENGE.slice(0, 5))
    },
  )
})
