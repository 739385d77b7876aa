import { clientSecretBasic, type GuardOptions, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'

const audience = 'https://pay.example.com'
const initiate = {
  type: 'payment_initiation',
  locations: ['https://pay.example.com/eu'],
  actions: ['initiate'],
  identifier: 'account-1',
}
const read = { type: 'payment_initiation', locations: ['https://pay.example.com/us'], actions: ['read', 'status'] }

async function decide(details: unknown, options: GuardOptions, members: object = {}): Promise<string> {
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: {
      fetch: () =>
        Promise.resolve(Response.json({ active: true, aud: audience, authorization_details: details, ...members })),
    },
  })
  const guard = client.guard({ audience, ...options })
  const decision = await guard(new Request(audience, { headers: { authorization: 'Bearer abc' } }))
  if (decision.allowed) return 'allowed'
  return `${decision.status} ${decision.reason}`
}

function hasX(details: readonly { type: string }[]): boolean {
  return details.some(({ type }) => type === 'x')
}

const refused = '403 authorization_details'

describe('a guard that requires authorization details', () => {
  const wanted = { type: 'payment_initiation', actions: ['initiate'], locations: ['https://pay.example.com/eu'] }

  test('lets a token pass when one object has everything', async () => {
    expect(await decide([read, initiate], { authorizationDetails: wanted })).toBe('allowed')
    expect(await decide([initiate], { authorizationDetails: { type: 'payment_initiation' } })).toBe('allowed')
    expect(await decide([initiate], { authorizationDetails: { ...wanted, identifier: 'account-1' } })).toBe('allowed')
  })

  test.each([
    [
      'the action in one object and the location in another',
      [
        { ...initiate, actions: ['read'] },
        { ...read, actions: ['initiate'] },
      ],
    ],
    ['another action', [{ ...initiate, actions: ['read'] }]],
    ['no actions', [{ ...initiate, actions: undefined }]],
    ['another location', [read]],
    ['a location that begins like the required one', [{ ...initiate, locations: ['https://pay.example.com/eu/'] }]],
    ['no details', undefined],
    ['an empty list of details', []],
  ])('refuses a token with %s (EXT-10)', async (_, details) => {
    expect(await decide(details, { authorizationDetails: wanted })).toBe(refused)
  })

  test('requires the identifier', async () => {
    const authorizationDetails = { ...wanted, identifier: 'account-2' }
    expect(await decide([initiate], { authorizationDetails })).toBe(refused)
  })

  test.each([
    ['an unknown type', [{ ...initiate, type: 'payment' }]],
    ['the type in another case', [{ ...initiate, type: 'Payment_Initiation' }]],
  ])('does not accept %s (EXT-11)', async (_, details) => {
    expect(await decide(details, { authorizationDetails: wanted })).toBe(refused)
  })

  test('requires both the scope and the details (EXT-11)', async () => {
    const options = { authorizationDetails: wanted, scope: 'payments' }
    expect(await decide([initiate], options, { scope: 'payments' })).toBe('allowed')
    expect(await decide([initiate], options, { scope: 'other' })).toBe('403 scope')
    expect(await decide([read], options, { scope: 'payments' })).toBe(refused)
  })

  test('may use a predicate', async () => {
    const authorizationDetails = hasX
    expect(await decide([{ type: 'x' }], { authorizationDetails })).toBe('allowed')
    expect(await decide([{ type: 'y' }], { authorizationDetails })).toBe(refused)
    expect(await decide(undefined, { authorizationDetails })).toBe(refused)
  })
})
