import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientOptions,
  type IntrospectionResult,
} from '@token-introspection/client'
import { wireVectors } from '@token-introspection/testing'
import { describe, expect, test } from 'vitest'
import { oneRequest } from '../one-request.ts'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const now = 1_764_000_000
const audience = 'https://api.example.com'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
const inactive = { active: false }

function createClient(options: Partial<IntrospectionClientOptions> = {}) {
  return new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: oneRequest,
    now: () => now * 1000,
    ...options,
  })
}

const client = createClient()

/** The outcome of an answer: a result, or the error that was thrown. */
async function introspect(body: unknown): Promise<IntrospectionResult | Error> {
  if (typeof body === 'string') as.respond(new Response(body, { headers: { 'content-type': 'application/json' } }))
  else as.answer(body)
  return client.introspect('abc').catch((error: unknown) => error as Error)
}

async function decide(members: object, scope?: string) {
  as.answer({ active: true, aud: audience, ...members })
  const request = new Request('https://api.example.com', { headers: { authorization: 'Bearer abc' } })
  const decision = await client.guard({ audience, scope })(request)
  return decision.allowed ? 'allowed' : decision.reason
}

describe('active', () => {
  test.each(wireVectors.notActive)('RSP-03 %s is not active', async (body) => {
    expect(await introspect(body)).toEqual(malformed)
  })

  test('RSP-03 {"active":true} is active', async () => {
    expect(await introspect({ active: true })).toEqual({ active: true })
  })
})

test.each([
  ['the only one', 'read', 'allowed'],
  ['the first', 'read write', 'allowed'],
  ['the last', 'write read', 'allowed'],
  ['between others', 'a read b', 'allowed'],
  ['the beginning of another', 'readwrite', 'scope'],
  ['the end of another', 'spread', 'scope'],
  ['in capitals', 'READ', 'scope'],
  ['after a tab', 'a\tread', 'scope'],
  ['after a line break', 'a\nread', 'scope'],
  ['after a comma', 'a,read', 'scope'],
  ['nowhere', 'write', 'scope'],
  ['in an empty list', '', 'scope'],
])('RSP-06 a scope token counts only as a whole, at any position: %s', async (_, scope, decision) => {
  expect(await decide({ scope }, 'read')).toBe(decision)
})

test.each([[['read', 'write']], [[]], [{ read: true }], [5]])('RSP-07 refuses the scope %o', async (scope) => {
  expect(await introspect({ active: true, scope })).toEqual(malformed)
})

async function expectString(name: string): Promise<void> {
  expect(await introspect({ active: true, [name]: 'https://x' })).toEqual({ active: true, [name]: 'https://x' })
  for (const value of [7, true, ['x'], { toString: 'x' }]) {
    expect(await introspect({ active: true, [name]: value })).toEqual(malformed)
  }
}

test('RSP-08 the client is a string', () => expectString('client_id'))

test('RSP-09 the user name is a string or absent', async () => {
  expect(await introspect({ active: true, username: 'alice' })).toEqual({ active: true, username: 'alice' })
  for (const username of [7, true, ['x'], { toString: 'x' }]) {
    expect(await introspect({ active: true, username })).toEqual({ active: true, unreadableMembers: ['username'] })
  }
})

test('RSP-10 the token type is a string', () => expectString('token_type'))

test.each(['sub', 'iss', 'jti'])('RSP-15 %s is a string', expectString)

test.each([
  ['Bearer', 'allowed'],
  ['bearer', 'allowed'],
  ['BEARER', 'allowed'],
  ['N_A', 'token_kind'],
  ['PoP', 'token_kind'],
  ['Access Token', 'allowed'],
  ['access_token', 'allowed'],
  ['DPoP', 'confirmation'],
  ['dpop', 'confirmation'],
  ['refresh_token', 'token_kind'],
])('RSP-10 compares the token type %s without case', async (tokenType, decision) => {
  expect(await decide({ token_type: tokenType })).toBe(decision)
})

describe('times', () => {
  test.each(
    ['exp', 'iat', 'nbf'].flatMap((name) =>
      [String(now), '', 'soon', -0.5, -1, 1e20, now * 1000, true, [now], {}].map((value) => [name, value] as const),
    ),
  )('RSP-12 refuses %s of %o', async (name, value) => {
    expect(await introspect({ active: true, [name]: value })).toEqual(malformed)
  })

  test('RSP-12 drops the fractions of a second from a date', async () => {
    expect(await introspect({ active: true, exp: now + 60.9, iat: now - 0.1, nbf: now - 1.5 })).toEqual({
      active: true,
      exp: now + 60,
      iat: now - 1,
      nbf: now - 2,
    })
  })

  test('RSP-12 reads exp 0 as a date in the past, not as never', async () => {
    expect(await introspect({ active: true, exp: 0 })).toEqual(inactive)
  })
})

test.each([
  [now - 3600, false],
  [now - 5, false],
  [now - 4, true],
  [now + 3600, true],
])('RSP-13 a token with exp %i: %s', async (exp, active) => {
  expect(await introspect({ active: true, exp, sub: 'alice' })).toEqual(
    active ? { active, exp, sub: 'alice' } : inactive,
  )
})

test.each([
  [now + 3600, false],
  [now + 6, false],
  [now + 5, true],
  [now - 3600, true],
])('RSP-14 a token with nbf %i: %s', async (nbf, active) => {
  expect(await introspect({ active: true, nbf, sub: 'alice' })).toEqual(
    active ? { active, nbf, sub: 'alice' } : inactive,
  )
})

describe('the audience', () => {
  test.each([['urn:a'], [['urn:a']], [['urn:a', 'urn:b']], [[]]])('RSP-16 may be %o', async (aud) => {
    expect(await introspect({ active: true, aud })).toEqual({ active: true, aud })
  })

  test.each([[5], [['urn:a', 5]], [{}], [[['urn:a']]], [true]])('RSP-16 may not be %o', async (aud) => {
    expect(await introspect({ active: true, aud })).toEqual(malformed)
  })

  test.each([
    ['https://evil.example/https://api.example.com', 'audience'],
    ['https://api.example.com.evil.example', 'audience'],
    ['https://API.example.com', 'audience'],
    ['api', 'audience'],
    [audience, 'allowed'],
    [['x', audience], 'allowed'],
  ])('RSP-16 is compared whole, with case: %o', async (aud, decision) => {
    expect(await decide({ aud })).toBe(decision)
  })
})

test.each([
  ['another', 'https://other.example.com'],
  ['an empty list', []],
  ['a list of others', ['https://other.example.com', '']],
  ['none', undefined],
])('RSP-17 fails closed when the audience is %s', async (_, aud) => {
  expect(await decide({ aud })).toBe('audience')
})

test('RSP-18 keeps unregistered members, with any value', async () => {
  const body = {
    active: true,
    extension_field: 'twenty-seven',
    'urn:vendor:roles': { admin: { org: [1, 2.5, null] } },
    toString: 'x',
    'a.b-c': false,
  }
  expect(await introspect(body)).toEqual(body)
})

test('RSP-24 drops every other member of an inactive answer', async () => {
  const result = await introspect({ active: false, sub: 'admin', scope: 'everything', exp: 'x' })
  expect(result).toEqual(inactive)
  expect(Object.keys(result)).toEqual(['active'])
})

test.each(['token_type', 'exp', 'nbf', 'iat', 'aud', 'iss', 'cnf', 'exi'])(
  'RSP-26 refuses null for %s, because absent would skip a check',
  async (name) => {
    expect(await introspect({ active: true, [name]: null })).toEqual(malformed)
  },
)

test.each(['scope', 'sub', 'jti', 'client_id', 'username', 'act', 'acr', 'auth_time', 'permissions'])(
  'RSP-26 reads null for %s as absent',
  async (name) => {
    expect(await introspect({ active: true, [name]: null, tenant: null })).toEqual({ active: true, tenant: null })
  },
)

describe('JSON that two parsers could read differently', () => {
  test.each([
    '{"active":false,"active":true}',
    '{"active":true,"active":false}',
    '{"active":false,"\\u0061ctive":true}',
    '{"active":true,"aud":"a","aud":"b"}',
    '{"active":true,"x":{"y":1,"y":2}}',
    '{"__proto__":{"active":true}}',
    '{"active":true,"__proto__":{"sub":"admin"}}',
    '{"active":true,"x":{"__proto__":{"sub":"admin"}}}',
    `{"active":true,"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    `${'{"active":'.repeat(5000)}true${'}'.repeat(5000)}`,
  ])('RSP-27 refuses %.60s', async (body) => {
    expect(await introspect(body)).toEqual(malformed)
    expect(({} as { sub?: string; active?: boolean }).active).toBeUndefined()
  })

  test('RSP-27 keeps a member named constructor, without an effect', async () => {
    const result = await introspect('{"active":true,"constructor":{"prototype":{"admin":true}}}')
    expect(result).toMatchObject({ active: true, constructor: { prototype: { admin: true } } })
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})

test.each([201, 202, 203, 206, 302, 307, 400, 401, 403, 404, 429, 500, 502, 503])(
  'RSP-28 reads nothing from an answer of status %i',
  async (status) => {
    as.answer({ active: true }, { status })
    const error = (await client.introspect('abc').catch((reason: unknown) => reason)) as {
      code: string
      status: number
    }
    expect(error.code).toMatch(/^ERR_TRANSPORT_(STATUS|UNAUTHORIZED|RATE_LIMITED)$/)
    expect(error.status).toBe(status)
  },
)

describe('the body', () => {
  test.each(['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json ;x="y;z"'])(
    'RSP-29 is accepted as %s',
    async (contentType) => {
      as.respond(new Response('{"active":true}', { headers: { 'content-type': contentType } }))
      expect(await client.introspect('abc')).toEqual({ active: true })
    },
  )

  test.each(['text/html', 'text/plain', 'application/jwt', 'text/json', 'application/x-www-form-urlencoded', 'json'])(
    'RSP-29 is not accepted as %s',
    async (contentType) => {
      as.respond(new Response('{"active":true}', { headers: { 'content-type': contentType } }))
      await expect(client.introspect('abc')).rejects.toEqual(malformed)
    },
  )

  test('RSP-29 is refused when it is not UTF-8', async () => {
    const body = Buffer.from('{"active":true,"sub":"\u00e9"}', 'latin1')
    as.respond(new Response(body, { headers: { 'content-type': 'application/json' } }))
    await expect(client.introspect('abc')).rejects.toEqual(malformed)
  })

  test.each([
    [1024, true],
    [1025, false],
  ])('RSP-29 with a limit of 1024 octets, %i octets are read: %s', async (length, readable) => {
    await using limited = createClient({ transport: { maxResponseBytes: 1024 } })
    const headers = { 'content-type': 'application/json', 'content-length': String(length) }
    as.respond(new Response('{"active":true}'.padEnd(length), { headers }))
    const outcome = await limited.introspect('abc').catch((reason: unknown) => reason)
    expect(outcome).toEqual(readable ? { active: true } : malformed)
  })
})

test.each([
  ['token_type', 'refresh_token'],
  ['token_type', 'Refresh'],
  ['token_use', 'refresh_token'],
  ['token_usage', 'refresh_token'],
  ['typ', 'Offline'],
])('RSP-32 a token with %s %s is not an access token', async (name, value) => {
  expect(await decide({ [name]: value })).toBe('token_kind')
})
