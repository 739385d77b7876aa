/** Introspection inside the authorization server, and its explanation. */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Explanation } from '../../src/index.ts'
import { ACTIVE, createEndpoint, INACTIVE, ISSUER, NOW, RECORD, TOKENS, type TokenName, token } from '../endpoint.ts'

const orders = { protectedResource: 'orders-api' }

function details(explanation: Explanation): Record<string, string> {
  return Object.fromEntries(explanation.steps.map(({ step, detail }) => [step, detail]))
}

describe('handler.introspect', () => {
  test('gives the answer a protected resource would get', async () => {
    const { handler, events } = await createEndpoint()
    expect(await handler.introspect(token('active'), orders)).toEqual(ACTIVE)
    expect(await handler.introspect(token('active'), { protectedResource: 'invoices-api' })).toEqual({ active: false })
    expect(await handler.introspect('unknown', { ...orders, tokenTypeHint: 'refresh_token' })).toEqual({
      active: false,
    })
    expect(events).toEqual([])
  })

  test('passes parameters to the store', async () => {
    const { handler } = await createEndpoint({
      lookup: { store: { find: (_, lookup) => (lookup?.parameter('resource') === 'urn:orders' ? RECORD : null) } },
    })
    expect(await handler.introspect('x', { ...orders, parameters: { resource: 'urn:orders' } })).toEqual(ACTIVE)
    expect(await handler.introspect('x', orders)).toEqual({ active: false })
  })

  test('passes a list as a repeated parameter to the policy, and refuses what a form cannot hold', async () => {
    const { handler } = await createEndpoint({
      authorization: { allow: (_caller, _record, { resources }) => resources.join() === 'a,b' },
    })
    const about = (parameters: object) =>
      handler.introspect(token('active'), { ...orders, parameters: parameters as Record<string, string> })
    expect(await about({ resource: ['a', 'b'] })).toEqual(ACTIVE)
    expect(await about({ resource: ['b', 'a'] })).toEqual({ active: false })
    await expect(about({ resource: ['a', 7] })).rejects.toThrow('parameters.resource: must be a string or a list of')
    await expect(about({ resource: null })).rejects.toThrow('parameters.resource: must be a string or a list of')
  })

  test('throws the errors that a request would get as answers', async () => {
    const { handler } = await createEndpoint({ lookup: { store: { find: () => Promise.reject(new Error('down')) } } })
    await expect(handler.introspect('x', orders)).rejects.toMatchObject({ code: 'ERR_LOOKUP_STORE' })
  })

  test('refuses a protected resource that is not registered, and an empty token', async () => {
    const { handler } = await createEndpoint()
    await expect(handler.introspect('x', { protectedResource: 'nobody' })).rejects.toThrow(TypeError)
    await expect(handler.introspect('', orders)).rejects.toThrow(TypeError)
    await expect(handler.explain('', orders)).rejects.toThrow(TypeError)
  })
})

describe('handler.explain', () => {
  test.each<[TokenName, string | undefined, string, RegExp]>([
    ['active', undefined, 'response', /^active, with .*"sub"/],
    ['expired', 'expired', 'lookup', new RegExp(`^access_token known to store, expired since exp ${NOW}$`)],
    ['revoked', 'revoked', 'lookup', /^access_token known to store, revoked$/],
    ['future', 'not-yet-valid', 'lookup', new RegExp(`not-yet-valid before nbf ${NOW + 1}$`)],
    [
      'refresh',
      'refresh-token',
      'authorization',
      /^a refresh token is shown only to its own client.*not to orders-api$/,
    ],
    [
      'foreign',
      'denied',
      'authorization',
      /^denied by the policy: audience \["https:\/\/invoices\.example\.com"\], issued to web; orders-api answers to \["https:\/\/orders/,
    ],
    ['audienceless', 'denied', 'authorization', /^denied by the policy: audience \[\]/],
  ])('explains the answer about the %s token', async (name, reason, step, detail) => {
    const { handler } = await createEndpoint()
    const explanation = await handler.explain(token(name), orders)
    expect(explanation.reason).toBe(reason)
    expect(explanation.response).toEqual(reason === undefined ? ACTIVE : JSON.parse(INACTIVE))
    expect(explanation.error).toBeUndefined()
    expect(details(explanation)[step]).toMatch(detail)
    const against = explanation.steps.filter((each) => each.outcome === 'refused')
    expect(against.map((each) => each.step)).toEqual(reason === undefined ? [] : [step])
    expect(against.every((each) => each.remedy !== undefined)).toBe(true)
    expect(explanation.steps.map((each) => each.step)).toEqual([
      'clientAuthentication',
      'lookup',
      'authorization',
      'response',
    ])
  })

  test('names the resolver and the view, and says when a token was not minted here', async () => {
    const { handler } = await createEndpoint({
      lookup: {
        resolvers: [{ name: 'legacy', resolve: () => RECORD }],
        isMinted: (value) => value !== 'junk',
      },
      authorization: { allow: () => ({ members: ['sub'] }) },
    })
    const explanation = await handler.explain('x', orders)
    expect(explanation.response).toEqual({ active: true, sub: 'alice' })
    expect(details(explanation)).toMatchObject({
      lookup: 'access_token known to legacy, live',
      authorization: expect.stringMatching(/^allowed with a view of members: /) as string,
      response: 'active, with ["active","sub"]',
    })
    const junk = await handler.explain('junk', orders)
    expect([junk.reason, details(junk)['lookup']]).toEqual([
      'not-minted',
      'lookup.isMinted says it was not minted here',
    ])
    expect(details(await handler.explain('x', { protectedResource: 'invoices-api' }))['lookup']).toContain('legacy')
  })

  test('stops at the failed step, and reports the error', async () => {
    const thrown = new Error('connection refused')
    const { handler } = await createEndpoint({ lookup: { store: { find: () => Promise.reject(thrown) } } })
    const explanation = await handler.explain('x', orders)
    expect(explanation).toMatchObject({
      response: { active: false },
      reason: undefined,
      error: { code: 'ERR_LOOKUP_STORE', cause: thrown },
    })
    expect(explanation.steps.map(({ step }) => step)).toEqual(['clientAuthentication', 'lookup'])
    expect(explanation.steps.at(-1)).toMatchObject({ outcome: 'failed', detail: expect.any(String) as string })
    expect(String(explanation)).toMatch(/^no answer, because a step failed\n✓ clientAuthentication [^✗]*\n✗ lookup /)
    const unregistered = await handler.explain('x', { protectedResource: 'nobody' })
    expect(unregistered.error).toBeInstanceOf(TypeError)
    expect(unregistered.response).toEqual({ active: false })
  })

  test('is text of a line for each step, at most 80 columns wide', async () => {
    const { handler } = await createEndpoint()
    const text = String(await handler.explain(token('foreign'), orders))
    expect(text).toMatchInlineSnapshot(`
      "inactive: denied
      ✓ clientAuthentication  orders-api, with the audiences
                              ["https://orders.example.com","urn:orders"]
      ✓ lookup                access_token known to store, live
      ✗ authorization         denied by the policy: audience
                              ["https://invoices.example.com"], issued to web;
                              orders-api answers to
                              ["https://orders.example.com","urn:orders"]
                              → Issue the token for an audience of orders-api, or
                                register its audience at orders-api, or change
                                authorization.allow.
      ✓ response              inactive"
    `)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('contains no token and no secret', async () => {
    const { handler } = await createEndpoint()
    const explanation = await handler.explain(token('active'), orders)
    const everything = `${inspect(explanation, { depth: null })}${explanation.toString()}`
    expect(everything).not.toContain(TOKENS.active[0])
    expect(everything).not.toContain('orders-Jm4qWv7x')
    expect(everything).toContain(ISSUER)
  })
})
