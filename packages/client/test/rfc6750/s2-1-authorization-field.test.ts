import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'

/** A guard that accepts every token, and the tokens that it saw. */
function createGuard() {
  const tokens: (string | null)[] = []
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: {
      fetch: (_url, init) => {
        tokens.push(new URLSearchParams(init.body as string).get('token'))
        return Promise.resolve(Response.json({ active: true }))
      },
    },
  })
  return { guard: client.guard({ audience: false }), tokens }
}

async function decide(request: Request) {
  const { guard, tokens } = createGuard()
  const decision = await guard(request)
  return { outcome: decision.allowed ? 'allowed' : decision.status, tokens }
}

function bearing(...fields: readonly string[]): Request {
  return new Request('https://api.example.com/orders', { headers: fields.map((field) => ['authorization', field]) })
}

test('BEAR-01 takes the token from the Authorization field', async () => {
  expect(await decide(bearing('Bearer mF_9.B5f-4.1JqM'))).toEqual({ outcome: 'allowed', tokens: ['mF_9.B5f-4.1JqM'] })
})

describe('credentials', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['bEaReR abc', 'abc'],
    ['Bearer   abc', 'abc'],
    ['Bearer a-b.c_d~e+f/g==', 'a-b.c_d~e+f/g=='],
  ])('BEAR-02 accepts %o', async (field, token) => {
    expect(await decide(bearing(field))).toEqual({ outcome: 'allowed', tokens: [token] })
  })

  test.each([
    'Bearer',
    'Bearer a b',
    'Bearer\ta',
    'Bearer "a"',
    'Bearer a=b',
    'Bearer a,b',
    'Bearer é',
    'Bearer a%20b',
  ])('BEAR-02 refuses %o as broken, without a request', async (field) => {
    expect(await decide(bearing(field))).toEqual({ outcome: 400, tokens: [] })
  })

  test.each(['BearerX abc', 'Bearer-X abc', 'Basic abc', 'abc'])(
    'BEAR-02 finds no Bearer token in %o',
    async (field) => {
      expect(await decide(bearing(field))).toEqual({ outcome: 401, tokens: [] })
    },
  )
})

test.each([
  ['two tokens', ['Bearer a', 'Bearer b']],
  ['one token twice', ['Bearer a', 'Bearer a']],
  ['a token and other credentials', ['Bearer a', 'Basic Zm9vOmJhcg==']],
  ['other credentials and a token', ['Basic Zm9vOmJhcg==', 'Bearer a']],
  ['two fields that a framework joined into one', ['Bearer a, Bearer b']],
])('BEAR-04 refuses two Authorization fields as broken: %s', async (_, fields) => {
  expect(await decide(bearing(...fields))).toEqual({ outcome: 400, tokens: [] })
})

test.each(['POST', 'PUT'])('BEAR-05 does not read the form of a %s', async (method) => {
  const form = new Request('https://api.example.com/orders', {
    method,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'access_token=abc',
  })
  expect(await decide(form)).toEqual({ outcome: 401, tokens: [] })
  expect(form.bodyUsed).toBe(false)
})

test('BEAR-06 does not read the query', async () => {
  expect(await decide(new Request('https://api.example.com/orders?access_token=abc'))).toEqual({
    outcome: 401,
    tokens: [],
  })
})
