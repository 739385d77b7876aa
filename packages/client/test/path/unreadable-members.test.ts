/** One odd member does not make the whole answer unusable, but a guard that needs the member refuses the token. */
import type { GuardOptions, IntrospectionClientOptions } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { createKey, GOOD, issue, NOW } from '../jwt-authorization-server.ts'
import { audience, createObservedClient } from './observed-client.ts'

const request = new Request(audience, { headers: { authorization: 'Bearer the-token' } })

function start(members: object, options: Partial<IntrospectionClientOptions> = {}) {
  const answer = () => Response.json({ active: true, sub: 'alice', aud: audience, ...members })
  const { client, events } = createObservedClient(answer, options)
  const told = () => events.filter(({ type }) => type === 'members_unreadable')
  return { client, told }
}

async function decide(members: object, guard: GuardOptions): Promise<string> {
  const { client } = start(members)
  const decision = await client.guard(guard)(request)
  await client.close()
  return decision.allowed ? 'allowed' : `${decision.status} ${decision.reason}`
}

describe('a guard', () => {
  test.each<[string, object, GuardOptions, string]>([
    ['permissions', { permissions: ['orders:read'] }, { permission: { resourceId: 'orders' } }, '403 permissions'],
    [
      'authorization_details',
      { authorization_details: { type: 'payment' } },
      { authorizationDetails: { type: 'payment' } },
      '403 authorization_details',
    ],
    [
      'authorization_details, even when a predicate accepts none',
      { authorization_details: 'read-only' },
      { authorizationDetails: (details) => details.every(({ type }) => type !== 'read-only') },
      '403 authorization_details',
    ],
    ['acr', { acr: 2 }, { acrValues: '2' }, '401 authentication'],
    ['auth_time', { auth_time: NOW * 1000 }, { maxAuthenticationAgeSeconds: 60 }, '401 authentication'],
    [
      'auth_time',
      { auth_time: new Date(NOW * 1000).toISOString() },
      { maxAuthenticationAgeSeconds: 60 },
      '401 authentication',
    ],
  ])(
    'refuses an unreadable %s when it needs it, and otherwise lets the token pass',
    async (_, members, needs, refused) => {
      expect(await decide(members, needs)).toBe(refused)
      expect(await decide(members, {})).toBe('allowed')
    },
  )

  test.each([
    ['exp', { exp: 'soon' }],
    ['exp', { exp: 2 ** 63 }],
    ['cnf', { cnf: 'a-key' }],
    ['aud', { aud: { api: true } }],
    ['sub', { sub: 42 }],
  ])('answers 502 for an unreadable %s, because every decision depends on it', async (_, members) => {
    expect(await decide(members, {})).toBe('502 unavailable')
  })
})

async function settingsOf(mode: 'local' | 'local-then-introspect') {
  const key = await createKey('RS256', 'a-kid')
  const token = await issue(key, { ...GOOD, permissions: ['orders:read'], acr: 'gold' })
  const jwt = { mode, jwks: { keys: [key.published] } }
  return { token, options: { issuer: GOOD.iss, endpoint: 'https://as.example.com/introspect', jwt } }
}

describe('a verified JWT', () => {
  test('keeps its readable members', async () => {
    const { token, options: given } = await settingsOf('local')
    const { client, told } = start({}, given)
    expect(await client.introspect(token)).toMatchObject({
      active: true,
      sub: 'alice',
      unreadableMembers: ['permissions'],
    })
    expect(told()).toHaveLength(1)
  })

  test('does not fill in members that are unreadable in the answer', async () => {
    const { token, options: given } = await settingsOf('local-then-introspect')
    const { client } = start({ acr: 5 }, given)
    const bearing = new Request(audience, { headers: { authorization: `Bearer ${token}` } })
    expect((await client.guard({ acrValues: 'gold' })(bearing)).allowed).toBe(false)
    expect((await client.guard({})(bearing)).allowed).toBe(true)
    expect(await client.introspect(token)).toMatchObject({ unreadableMembers: ['permissions', 'acr'] })
  })
})

test('the operator gets one event a minute, with the names of the members alone', async () => {
  let nowMs = NOW * 1000
  const { client, told } = start({ permissions: ['a-secret'], acr: 1 }, { now: () => nowMs })
  await client.introspect('a')
  await client.introspect('b')
  expect(told()).toEqual([expect.objectContaining({ type: 'members_unreadable', members: ['acr', 'permissions'] })])
  nowMs += 60_000
  await client.introspect('c')
  expect(told()).toHaveLength(2)
  expect(JSON.stringify(told())).not.toContain('a-secret')
})

test('an answer from the cache still names its unreadable members, and no claims schema sees the list', async () => {
  const { client } = start({ authorization_details: 'read-only' }, { cache: { maxAgeSeconds: 60 } })
  const mayPay = client.guard({ authorizationDetails: () => true })
  expect((await mayPay(request)).allowed).toBe(false)
  expect((await mayPay(request)).allowed).toBe(false)
  expect(client.statistics().hits).toBe(1)
})
