import { clientSecretBasic, clientSecretPost, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const endpoint = 'https://as.example.com/introspect'
const client = new IntrospectionClient({ endpoint, clientAuthentication: clientSecretBasic('api', 'secret') })

test('REQ-03 asks with POST', async () => {
  as.answer({ active: true })
  await client.introspect('abc')
  expect(as.requests.map(({ method, url }) => [method, url])).toEqual([['POST', endpoint]])
})

test.each([
  ['2YotnFZFEjr1zCsicMWpAA', 'token=2YotnFZFEjr1zCsicMWpAA'],
  ['a+b/c==', 'token=a%2Bb%2Fc%3D%3D'],
  ['a&token_type_hint=x', 'token=a%26token_type_hint%3Dx'],
  ['a%20b', 'token=a%2520b'],
  ['a b', 'token=a+b'],
  ["~.-_!*'()", 'token=~.-_%21%2A%27%28%29'],
])('REQ-04 sends %o as a form that decodes to the same token', async (token, body) => {
  as.answer({ active: true })
  await client.introspect(token)
  const [request] = as.requests
  expect(request?.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
  expect(request?.body).toBe(body)
  expect(request?.form.get('token')).toBe(token)
})

test.each(['UPPER-and-lower', ' leading and trailing ', 'Bearerabc', '%41', '"quoted"'])(
  'REQ-06 sends the token %o unchanged',
  async (token) => {
    as.answer({ active: true })
    await client.introspect(token)
    expect([...(as.requests[0]?.form ?? [])]).toEqual([['token', token]])
  },
)

test.each(['Bearer abc', 'bearer  abc', 'DPoP abc'])(
  'REQ-06 does not send %o, which is a scheme and a token',
  async (field) => {
    expect((await client.introspect(field)).active).toBe(false)
    expect(as.requests).toEqual([])
  },
)

test('REQ-06 sends the token of the request without its scheme', async () => {
  as.answer({ active: true })
  const request = new Request('https://api.example.com', { headers: { authorization: 'Bearer  AbC.~+/==' } })
  expect((await client.guard({ audience: false })(request)).allowed).toBe(true)
  expect(as.requests[0]?.form.get('token')).toBe('AbC.~+/==')
})

describe('the hint', () => {
  test('REQ-09 sends no hint unless the caller gives one', async () => {
    as.answer({ active: true })
    await client.introspect('abc')
    expect(as.requests[0]?.form.has('token_type_hint')).toBe(false)
  })

  test.each(['access_token', 'refresh_token', 'pct', 'vendor_hint'])(
    'REQ-09 sends the hint %s unchanged',
    async (hint) => {
      as.answer({ active: true })
      await client.introspect('abc', { tokenTypeHint: hint })
      expect(as.requests[0]?.form.getAll('token_type_hint')).toEqual([hint])
    },
  )
})

test('REQ-19 keeps the case of names and values', async () => {
  as.answer({ active: true })
  await client.introspect('AbC', { parameters: { Resource: 'X', resource: 'x' } })
  expect(as.requests[0]?.body).toBe('token=AbC&Resource=X&resource=x')
})

test.each(['?tenant=a', '?tenant=a&x=%20', '?'])('REQ-23 keeps the query %o of the endpoint', async (query) => {
  as.answer({ active: true })
  await using withQuery = new IntrospectionClient({
    endpoint: `${endpoint}${query}`,
    clientAuthentication: clientSecretPost('api', 'secret'),
  })
  await withQuery.introspect('abc')
  expect(as.requests[0]?.url).toBe(`${endpoint}${query === '?' ? '' : query}`)
  expect([...(as.requests[0]?.form.keys() ?? [])]).toEqual(['token', 'client_id', 'client_secret'])
})

test.each(['#', '#x', '?tenant=a#x'])('REQ-23 refuses the endpoint with %o', (suffix) => {
  const clientAuthentication = clientSecretBasic('api', 'secret')
  expect(() => new IntrospectionClient({ endpoint: `${endpoint}${suffix}`, clientAuthentication })).toThrow(TypeError)
})

test.each([
  ['a line break', 'abc\r\nHost: evil.example'],
  ['a NUL', 'abc\0'],
  ['a tab', 'a\tb'],
  ['DEL', 'abc\x7f'],
  ['a letter outside ASCII', 'abcé'],
  ['nothing', ''],
])('REQ-27 sends no request for a token with %s', async (_, token) => {
  expect(await client.introspect(token)).toEqual({ active: false })
  expect(as.requests).toEqual([])
})

test('REQ-27 sends no request for a token of one megabyte, and says that it is too long', async () => {
  await expect(client.introspect('a'.repeat(1_000_000))).rejects.toMatchObject({ code: 'ERR_TOKEN_TOO_LONG' })
  expect(as.requests).toEqual([])
})
