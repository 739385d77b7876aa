/** RFC 8707 §2: introspection answers the audience that the token got from its resource indicator. */
import { describe, expect, test } from 'vitest'
import { createEndpoint, json, NOW, post, send } from '../endpoint.ts'

const ORDERS = 'https://orders.example.com/api?tenant=a%20b'
const INVOICES = 'https://invoices.example.com/'

async function createEndpointFor(aud: string | readonly string[]) {
  const { handler, store } = await createEndpoint({
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: [ORDERS] }],
      methods: ['client_secret_post'],
    },
  })
  await store.save('tkn', { kind: 'access_token', aud: aud as string | string[], exp: NOW + 60 })
  return handler
}

const asking = { token: 'tkn', client_id: 'orders-api', client_secret: 's3cr3t' }
const inForm = { authorization: undefined }

describe('RFC 8707 §2', () => {
  test.each<[string, string | readonly string[]]>([
    ['one resource', ORDERS],
    ['several, one of which asks', [INVOICES, ORDERS]],
  ])('the answer has the aud of the token, for %s (EXT-12)', async (_, aud) => {
    const handler = await createEndpointFor(aud)
    expect(json(await send(handler, post(asking, inForm))).aud).toEqual(aud)
  })

  test.each([INVOICES, 'https://orders.example.com/api', `${ORDERS}#a`, ORDERS.toUpperCase()])(
    'a token for %s is inactive for another protected resource (EXT-12)',
    async (aud) => {
      const handler = await createEndpointFor(aud)
      expect(json(await send(handler, post(asking, inForm)))).toEqual({ active: false })
    },
  )

  test('the parameter resource changes neither the aud nor who may see the token (EXT-12)', async () => {
    const own = await createEndpointFor(ORDERS)
    expect(json(await send(own, post({ ...asking, resource: INVOICES }, inForm))).aud).toBe(ORDERS)
    const foreign = await createEndpointFor(INVOICES)
    expect(json(await send(foreign, post({ ...asking, resource: ORDERS }, inForm)))).toEqual({ active: false })
  })
})
