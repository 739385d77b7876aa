/** RFC 8707 §2: introspection answers the audience that the token got from its resource indicator. */
import { describe, expect, test } from 'vitest'
import { audienceOrOwner, type DisclosurePolicy } from '../../src/index.ts'
import { createEndpoint, INACTIVE, json, NOW, post, send } from '../endpoint.ts'

const ORDERS = 'https://orders.example.com/api?tenant=a%20b'
const INVOICES = 'https://invoices.example.com/'

async function createEndpointFor(aud: string | readonly string[], allow?: DisclosurePolicy) {
  const { handler, store } = await createEndpoint({
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: [ORDERS] }],
      methods: ['client_secret_post'],
    },
    authorization: { allow },
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

/** Shows a token only to those whose request names no target, or targets that the token is for. */
const narrow: DisclosurePolicy = (caller, record, { resources, audiences }) =>
  audienceOrOwner(caller, record) &&
  [...resources, ...audiences].every((target) => [record.aud ?? []].flat().includes(target))

describe('a policy that reads the targets of the request', () => {
  test.each<[string, string, boolean]>([
    ['no target', '', true],
    ['its resource', `&resource=${encodeURIComponent(ORDERS)}`, true],
    ['both resources', `&resource=${encodeURIComponent(ORDERS)}&resource=${encodeURIComponent(INVOICES)}`, true],
    ['its audience', `&audience=${encodeURIComponent(ORDERS)}`, true],
    ['another resource', '&resource=https%3A%2F%2Fother.example.com', false],
    ['another resource after its own', `&resource=${encodeURIComponent(ORDERS)}&resource=urn%3Aother`, false],
    ['another audience', '&audience=other', false],
    ['a text that is no URL', '&resource=%25zz', false],
    ['its resource with a fragment', `&resource=${encodeURIComponent(`${ORDERS}#a`)}`, false],
  ])('decides about a request with %s (EXT-12)', async (_, targets, active) => {
    const handler = await createEndpointFor([ORDERS, INVOICES], narrow)
    const body = `token=tkn&client_id=orders-api&client_secret=s3cr3t${targets}`
    const response = await send(handler, post(body, inForm))
    expect([response.status, json(response).active]).toEqual([200, active])
    if (!active) expect(response.body).toBe(INACTIVE)
  })

  test('answers a malformed target alike for a live token and an unknown one (EXT-12)', async () => {
    const handler = await createEndpointFor(ORDERS, narrow)
    const asked = ['tkn', 'unknown'].map((token) =>
      send(handler, post({ ...asking, token, resource: 'http://[' }, inForm)),
    )
    const [live, unknown] = await Promise.all(asked)
    expect(live).toEqual(unknown)
  })

  test('sees no other parameter, no token and no secret (EXT-12)', async () => {
    const seen: unknown[] = []
    const handler = await createEndpointFor(ORDERS, (_caller, _record, request) => seen.push(request) > 0)
    await send(handler, post({ ...asking, resource: 'a', scope: 'x' }, inForm))
    expect(seen).toEqual([{ resources: ['a'], audiences: [] }])
  })
})
