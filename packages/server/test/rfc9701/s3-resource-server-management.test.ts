import { describe, expect, test } from 'vitest'
import { ACTIVE, basic, json, OTHER_SECRET, post, SECRET, send, type TokenName } from '../endpoint.ts'
import { createRevocationEndpoint, revocable, revoke } from '../revocation-endpoint.ts'
import { askForJwt, createSigningEndpoint, verifyAnswer } from '../signed-answers.ts'

const asInvoices = { authorization: basic('invoices-api', OTHER_SECRET) }

describe('RFC 9701 §3', () => {
  test.each<TokenName>(['active', 'owned', 'audienceless', 'emptyAudience', 'refresh'])(
    'a protected resource outside the audience of the %s token learns nothing (JWT-06)',
    async (name) => {
      const { handler } = await createSigningEndpoint()
      const { answer } = await verifyAnswer(await send(handler, askForJwt(name, asInvoices)), 'invoices-api')
      expect(answer).toEqual({ active: false })
    },
  )

  test('a protected resource in the audience gets the answer (JWT-06)', async () => {
    const { handler } = await createSigningEndpoint()
    expect((await verifyAnswer(await send(handler, askForJwt()))).answer).toEqual(ACTIVE)
    expect(
      (await verifyAnswer(await send(handler, askForJwt('foreign', asInvoices)), 'invoices-api')).answer,
    ).toMatchObject({
      active: true,
    })
  })

  test.each(['in the field', 'in the form'])(
    'the credentials of a protected resource work for introspection and revoke nothing, %s (JWT-07)',
    async (where) => {
      const { revocation, introspection, areActive } = await createRevocationEndpoint()
      const parameters = {
        token: revocable('access'),
        ...(where === 'in the form' && { client_id: 'orders-api', client_secret: SECRET }),
      }
      const headers = { authorization: where === 'in the field' ? basic('orders-api', SECRET) : undefined }
      expect(json(await send(introspection, post(parameters, headers))).active).toBe(true)
      expect((await send(revocation, revoke(parameters, headers))).status).toBe(401)
      expect(await areActive('access')).toEqual([true])
    },
  )

  test('the view of a protected resource decides which members it gets (JWT-36)', async () => {
    const { handler } = await createSigningEndpoint({ view: { members: ['scope', 'exp'] } })
    const { answer } = await verifyAnswer(await send(handler, askForJwt()))
    expect(answer).toEqual({ active: true, scope: ACTIVE.scope, exp: ACTIVE.exp })
  })
})
