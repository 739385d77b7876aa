import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientOptions,
  type ResponseOptions,
} from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { createKey, sign, JWT_TYPE, NOW } from '../signing-authorization-server.ts'

const issuer = 'https://as.example.com'
const audience = 'https://api.example.com'

/** A client of a server that gives one answer to every request, and the forms that the server received. */
function start(answer: () => Response, options: Partial<IntrospectionClientOptions> = {}) {
  const forms: Record<string, string>[] = []
  const client = new IntrospectionClient({
    issuer,
    endpoint: `${issuer}/introspect`,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    now: () => NOW * 1000,
    ...options,
    transport: {
      ...options.transport,
      fetch: async (_, init) => {
        forms.push(Object.fromEntries(new URLSearchParams(init.body as string)))
        return answer()
      },
    },
  })
  return { client, forms }
}

function json(body: object, status = 200): () => Response {
  return () => Response.json(body, { status })
}

const request = new Request(audience, { headers: { authorization: 'Bearer the-token' } })

async function decide(answer: () => Response, response: ResponseOptions) {
  const { client } = start(answer, { response })
  const decision = await client.guard({ audience })(request)
  await client.close()
  return decision.allowed ? 'allowed' : `${decision.status} ${decision.reason}`
}

describe('a guard', () => {
  const oracle = json({ active: 'true', aud: audience, exp: NOW + 60 })

  test('answers 502 for an active that is text, and lets it pass only when the option says so (RSP-03)', async () => {
    expect(await decide(oracle, {})).toBe('502 unavailable')
    expect(await decide(oracle, { tolerate: { activeAsString: true } })).toBe('allowed')
    const inactive = json({ active: 'false', aud: audience })
    expect(await decide(inactive, { tolerate: { activeAsString: true } })).toBe('401 token_inactive')
  })

  test('refuses a token with an expired exp in milliseconds as one with seconds (RSP-13)', async () => {
    const expired = json({ active: true, aud: audience, exp: (NOW - 60) * 1000 })
    expect(await decide(expired, {})).toBe('502 unavailable')
    expect(await decide(expired, { tolerate: { timestampsInMilliseconds: true } })).toBe('401 token_inactive')
  })

  test('judges the corrected answer: null is no audience, and text in cnf is no bearer token (RSP-26)', async () => {
    const tolerate = { nullAsAbsent: true }
    expect(await decide(json({ active: true, aud: null }), { tolerate })).toBe('401 audience')
    expect(await decide(json({ active: true, aud: audience, cnf: '' }), { tolerate })).toBe('502 unavailable')
  })

  test('answers 401 for a status that means inactive, and 500 for that status with another error (RSP-28)', async () => {
    const inactiveWhen = [{ status: 401 }]
    expect(await decide(() => new Response(null, { status: 401 }), {})).toBe('500 unavailable')
    expect(await decide(() => new Response(null, { status: 401 }), { inactiveWhen })).toBe('401 token_inactive')
    const refused = json({ error: 'invalid_client' }, 401)
    expect(await decide(refused, { inactiveWhen })).toBe('500 unavailable')
  })
})

/** The result of correctly signed claims at a client that requires signed answers. */
async function signedWith(claims: object, response: ResponseOptions = {}) {
  const key = await createKey()
  const jwt = await sign(key, { iss: issuer, aud: 'orders-api', iat: NOW, ...claims })
  const { client } = start(() => new Response(jwt, { headers: { 'content-type': JWT_TYPE } }), {
    response: { ...response, jwt: { jwks: { keys: [key.published] } } },
  })
  return client.introspect('the-token').catch((error: { code: string }) => error.code)
}

describe('a signed answer', () => {
  const everything = {
    tolerate: { activeAsString: true, nullAsAbsent: true, scopeAsArray: true },
    aliases: { username: 'user_name' },
  } as const

  test('gets the same tolerance inside token_introspection', async () => {
    const token_introspection = { active: 'true', sub: null, scope: ['a', 'b'], user_name: 'alice' }
    expect(await signedWith({ token_introspection })).toBe('ERR_RESPONSE_MALFORMED')
    expect(await signedWith({ token_introspection }, everything)).toEqual({
      active: true,
      scope: 'a b',
      username: 'alice',
    })
  })

  test.each([
    ['claims at its top level, without token_introspection', { active: true, scope: 'a' }],
    ['nothing in token_introspection', { token_introspection: null }],
    ['a text in token_introspection', { token_introspection: '{"active":true}' }],
    ['no issuer', { iss: null, token_introspection: { active: true } }],
    ['an audience in an object', { aud: {}, token_introspection: { active: true } }],
  ])('with %s is refused, whatever the client tolerates', async (_, claims) => {
    expect(await signedWith(claims, everything)).toBe('ERR_RESPONSE_MALFORMED')
  })
})

describe('in every request', () => {
  const inactive = json({ active: false })

  test("the hint is the client's, unless the call has its own (REQ-09)", async () => {
    const { client, forms } = start(inactive, { token: { tokenTypeHint: 'access_token' } })
    await client.introspect('a')
    await client.introspect('a', { tokenTypeHint: 'refresh_token' })
    expect(forms.map((form) => form['token_type_hint'])).toEqual(['access_token', 'refresh_token'])
  })

  test('the parameters of the call override those of the client (REQ-13)', async () => {
    const { client, forms } = start(inactive, { transport: { parameters: { client_id: 'orders-api', tenant: 'a' } } })
    await client.introspect('a')
    await client.introspect('a', { parameters: { tenant: 'b' } })
    expect(forms).toEqual([
      { token: 'a', client_id: 'orders-api', tenant: 'a' },
      { token: 'a', client_id: 'orders-api', tenant: 'b' },
    ])
  })

  test.each(['token', 'token_type_hint', 'client_secret', 'client_assertion', 'client_assertion_type'])(
    'no parameter may be %s, which other options set',
    (name) => {
      const create = () => start(inactive, { transport: { parameters: { [name]: 's3cr3t' } } })
      expect(create).toThrow(TypeError)
      expect(create).toThrow(`transport.parameters.${name}: `)
      expect(create).not.toThrow('s3cr3t')
    },
  )

  test.each([
    ['a list', [], 'transport.parameters: '],
    ['null', null, 'transport.parameters: '],
    ['a text', 'a=b', 'transport.parameters: '],
    ['a value that is not a string', { a: 1 }, 'transport.parameters.a: '],
  ])('a parameter may not be %s', (_, parameters, message) => {
    expect(() =>
      start(inactive, { transport: { parameters: parameters as unknown as object as Record<string, string> } }),
    ).toThrow(message)
  })
})

describe('a server without introspection', () => {
  test.each([
    [
      'names no endpoint',
      (): Response => Response.json({ issuer: 'https://acme.auth0.com/' }),
      'ERR_TRANSPORT_ENDPOINT_MISSING',
    ],
    ['has no metadata', (): Response => new Response(null, { status: 404 }), 'ERR_TRANSPORT_STATUS'],
  ])('and %s: the error gives the alternative', async (_, answer, code) => {
    const client = new IntrospectionClient({
      issuer: 'https://acme.auth0.com/',
      clientAuthentication: clientSecretBasic('api', 's3cr3t'),
      transport: { fetch: async () => answer() },
    })
    const error = (await client.introspect('a').catch((reason: unknown) => reason)) as Error
    expect(error).toMatchObject({ code })
    expect(error.message).toMatch(/Auth0 has no introspection: .*audience.*https:\/\/auth0\.com\/docs/)
  })
})
