import { clientSecretBasic, type GuardOptions, IntrospectionClient } from '@token-introspection/client'
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'

const audience = 'https://api.example.com'
const realm = 'orders'
const now = 1_764_000_000
const secrets = { description: 'secret-description', token: 'secret-token', sub: 'secret-subject' }

function createClient(answer: () => Response) {
  return new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: { fetch: () => Promise.resolve(answer()) },
    now: () => now * 1000,
  })
}

async function refuse(
  body: object,
  { status = 200, field = 'Bearer abc', ...options }: GuardOptions & { status?: number; field?: string | null } = {},
) {
  const guard = createClient(() => Response.json(body, { status })).guard({ audience, realm, ...options })
  const headers: Record<string, string> = field === null ? {} : { authorization: field }
  const decision = await guard(new Request('https://api.example.com', { headers }))
  if (decision.allowed) throw new Error('allowed')
  const response = decision.toResponse()
  const challenge = response.headers.get('www-authenticate')
  return {
    reason: decision.reason,
    status: response.status,
    challenges: challenge === null ? undefined : parseChallenges(challenge),
    text: `${challenge} ${await response.text()}`,
  }
}

const good = { active: true, aud: audience, scope: 'a', sub: secrets.sub, exp: now + 60 }

/** Every reason to refuse the presented credentials. */
const refusals = {
  'no token': () => refuse(good, { field: null }),
  'a broken token': () => refuse(good, { field: 'Bearer a b' }),
  'an inactive token': () => refuse({ active: false }),
  'an expired token': () => refuse({ ...good, exp: now - 60 }),
  'another audience': () => refuse({ ...good, aud: 'urn:other' }),
  'a bound token': () => refuse({ ...good, cnf: { kid: 'x' } }),
  'a refresh token': () => refuse({ ...good, token_use: 'refresh_token' }),
  'too little scope': () => refuse(good, { scope: 'a b' }),
} as const
const names = Object.keys(refusals) as (keyof typeof refusals)[]

test.each(names)('BEAR-08 %s gets a challenge', async (name) => {
  const { status, challenges } = await refusals[name]()
  expect([400, 401, 403]).toContain(status)
  expect(challenges?.map((challenge) => challenge.scheme)).toEqual(['Bearer'])
})

test.each(names)('BEAR-09 the challenge for %s has a realm', async (name) => {
  const { challenges } = await refusals[name]()
  expect(challenges?.[0]?.parameters['realm']).toBe(realm)
})

test('BEAR-10 a request without credentials gets a challenge without an error', async () => {
  const { status, challenges, text } = await refusals['no token']()
  expect(status).toBe(401)
  expect(challenges?.[0]?.parameters).toEqual({ realm })
  expect(text).not.toContain('error')
})

test.each(['an inactive token', 'an expired token', 'another audience', 'a bound token', 'a refresh token'] as const)(
  'BEAR-11 %s is 401 invalid_token',
  async (name) => {
    const { status, challenges } = await refusals[name]()
    expect(status).toBe(401)
    expect(challenges?.[0]?.parameters).toEqual({ realm, error: 'invalid_token' })
  },
)

test('BEAR-12 too little scope is 403 insufficient_scope with the required scope', async () => {
  const { status, challenges } = await refusals['too little scope']()
  expect(status).toBe(403)
  expect(challenges?.[0]?.parameters).toEqual({ realm, error: 'insufficient_scope', scope: 'a b' })
})

test('broken credentials are 400 invalid_request', async () => {
  const { status, challenges } = await refusals['a broken token']()
  expect(status).toBe(400)
  expect(challenges?.[0]?.parameters).toEqual({ realm, error: 'invalid_request' })
})

test.each(names)('BEAR-14 the challenge for %s repeats no parameter', async (name) => {
  const { text } = await refusals[name]()
  for (const parameter of ['realm', 'scope', 'error', 'error_description', 'error_uri']) {
    expect(text.split(`${parameter}=`).length - 1).toBeLessThanOrEqual(1)
  }
})

describe('the text of a challenge', () => {
  test.each(['a "quoted" realm', 'back\\slash', 'comma, and error="x"', '~!@#$%^&*()'])(
    'BEAR-15 quotes the realm %o so that it reads back',
    async (difficult) => {
      const { challenges } = await refuse({ active: false }, { realm: difficult })
      expect(challenges).toEqual([{ scheme: 'Bearer', parameters: { realm: difficult, error: 'invalid_token' } }])
    },
  )

  test.each(['a\r\nSet-Cookie: x=1', 'a\nb', 'a\0', 'é', 'a\tb'])('BEAR-15 refuses the realm %o', (bad) => {
    const client = createClient(() => Response.json(good))
    expect(() => client.guard({ audience, realm: bad })).toThrow(TypeError)
  })

  test.each(['a\r\nSet-Cookie: x=1', 'a "b"', 'a\\b', 'a\tb', 'é'])('BEAR-15 refuses the scope %o', (bad) => {
    const client = createClient(() => Response.json(good))
    expect(() => client.guard({ audience, scope: bad })).toThrow(TypeError)
  })

  test('BEAR-15 puts nothing from the answer into the challenge', async () => {
    const evil = { ...good, scope: 'a" , Basic realm="x', iss: 'x\r\nSet-Cookie: y' }
    const { challenges } = await refuse(evil, { scope: 'b' })
    expect(challenges?.[0]?.parameters).toEqual({ realm, error: 'insufficient_scope', scope: 'b' })
  })
})

describe('a token for the resource', () => {
  test('BEAR-17 must not be expired', async () => {
    expect(await refuse({ ...good, exp: now - 5 })).toMatchObject({ status: 401, reason: 'token_inactive' })
  })

  test.each([undefined, '', 'b', 'A', 'aa'])(
    'BEAR-17 must cover the resource with its scope, and %o does not',
    async (scope) => {
      expect(await refuse({ ...good, scope }, { scope: 'a' })).toMatchObject({ status: 403, reason: 'scope' })
    },
  )
})

test.each([
  ['an inactive answer', { active: false, error_description: secrets.description, sub: secrets.sub }, 200],
  ['an active answer', { ...good, aud: 'urn:other', description: secrets.description }, 200],
  ['an error', { error: 'server_error', error_description: secrets.description }, 500],
  ['a refusal', { error: 'invalid_client', error_description: secrets.description }, 401],
])('BEAR-19 repeats no part of the token or of %s', async (_, body, status) => {
  const { text } = await refuse(body, { status, field: `Bearer ${secrets.token}` })
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret)
})
