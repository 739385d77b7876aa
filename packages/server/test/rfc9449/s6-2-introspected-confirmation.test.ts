/** RFC 9449 §6.2: a bound token, and protected resources that would accept it as a bearer token. */
import { describe, expect, test } from 'vitest'
import { audienceOrOwner, type DisclosurePolicy } from '../../src/index.ts'
import { createEndpoint, json, OTHER_SECRET, basic, post, SECRET, send, token } from '../endpoint.ts'

const audiences = ['https://orders.example.com']
const protectedResources = [
  { id: 'orders-api', clientSecrets: [SECRET], audiences },
  { id: 'invoices-api', clientSecrets: [OTHER_SECRET], audiences },
]
const checksProofs = new Set(['orders-api'])
const allow: DisclosurePolicy = (caller, record) =>
  audienceOrOwner(caller, record) && (!record.cnf || checksProofs.has(caller.id))

describe('a policy of one line', () => {
  test.each([
    ['a bound token to a resource that checks the binding', 'dpop', 'orders-api', SECRET, true],
    ['no bound token to a resource that does not', 'dpop', 'invoices-api', OTHER_SECRET, false],
    ['a bearer token to a resource that checks the binding', 'active', 'orders-api', SECRET, true],
    ['a bearer token to a resource that does not', 'active', 'invoices-api', OTHER_SECRET, true],
    ['no token of another audience', 'foreign', 'orders-api', SECRET, false],
  ] as const)('shows %s', async (_, name, id, secret, active) => {
    const { handler, events } = await createEndpoint({
      authorization: { allow },
      clientAuthentication: { protectedResources },
    })
    const answer = await send(handler, post({ token: token(name) }, { authorization: basic(id, secret) }))
    expect(json(answer)['active']).toBe(active)
    if (name === 'dpop') expect('cnf' in json(answer)).toBe(active)
    if (!active) {
      expect(json(answer)).toEqual({ active: false })
      expect(events).toMatchObject([{ type: 'introspected', reason: 'denied' }])
    }
  })

  test('shows a token whose record has null as cnf', async () => {
    const { handler, store } = await createEndpoint({
      authorization: { allow },
      clientAuthentication: { protectedResources },
    })
    await store.save('unbound', { kind: 'access_token', aud: audiences[0], cnf: null as never })
    const fields = { authorization: basic('invoices-api', OTHER_SECRET) }
    expect(json(await send(handler, post({ token: 'unbound' }, fields)))['active']).toBe(true)
  })
})
