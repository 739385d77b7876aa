import { clientSecretBasic, IntrospectionClient, isIntrospectionError } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { oneRequest } from '../one-request.ts'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const client = new IntrospectionClient({
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('api', 'secret'),
  transport: oneRequest,
})
const guard = client.guard({ audience: false, realm: 'orders' })

function bearing(token: string): Request {
  return new Request('https://api.example.com', { headers: { authorization: `Bearer ${token}` } })
}

describe.each([
  [400, 'invalid_request', 'ERR_TRANSPORT_STATUS', 502],
  [400, 'invalid_client', 'ERR_TRANSPORT_UNAUTHORIZED', 500],
  [401, 'invalid_client', 'ERR_TRANSPORT_UNAUTHORIZED', 500],
  [401, 'invalid_token', 'ERR_TRANSPORT_UNAUTHORIZED', 500],
  [403, 'insufficient_scope', 'ERR_TRANSPORT_UNAUTHORIZED', 500],
  [404, 'not_found', 'ERR_TRANSPORT_STATUS', 502],
  [429, 'slow_down', 'ERR_TRANSPORT_RATE_LIMITED', 503],
  [500, 'server_error', 'ERR_TRANSPORT_STATUS', 503],
  [503, 'temporarily_unavailable', 'ERR_TRANSPORT_STATUS', 503],
])('%i %s', (status, error, code, guardStatus) => {
  test(`ERR-13 is ${code}, and not an inactive token`, async () => {
    as.answer({ error }, { status })
    const outcome: unknown = await client.introspect('abc').catch((reason: unknown) => reason)
    expect(isIntrospectionError(outcome)).toBe(true)
    expect(outcome).toMatchObject({ code, status, oauthError: error })
  })

  test(`ERR-14 makes a guard answer ${guardStatus}, with no mention of the token`, async () => {
    as.answer({ error }, { status })
    const decision = await guard(bearing('abc'))
    expect(decision).toMatchObject({ allowed: false, reason: 'unavailable', status: guardStatus })
    expect(!decision.allowed && decision.headers).not.toHaveProperty('www-authenticate')
  })
})

test.each([
  ['a body that is not JSON', '{"active":true', 'ERR_RESPONSE_MALFORMED', 502],
  ['a lost connection', Response.error(), 'ERR_TRANSPORT_UNREACHABLE', 503],
])('ERR-13 ERR-14 %s is not an inactive token either', async (_, answer, code, status) => {
  const respond = () =>
    as.respond(
      typeof answer === 'string'
        ? new Response(answer, { headers: { 'content-type': 'application/json' } })
        : answer.clone(),
    )
  respond()
  await expect(client.introspect('abc')).rejects.toMatchObject({ code })
  respond()
  expect(await guard(bearing('abc'))).toMatchObject({ status, error: { code } })
})

test("a refusal of the client's credentials is not retried", async () => {
  as.answer({ error: 'invalid_client' }, { status: 401, headers: { 'www-authenticate': 'Basic realm="as"' } })
  await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED', retryable: false })
  expect(as.requests).toHaveLength(1)
})

test('a server that does not introspect tokens of this kind makes the token inactive', async () => {
  as.answer({ error: 'unsupported_token_type' }, { status: 400 })
  expect(await client.introspect('e30.e30.')).toEqual({ active: false })
  as.answer({ error: 'unsupported_token_type' }, { status: 400 })
  expect(await guard(bearing('e30.e30.'))).toMatchObject({ reason: 'token_inactive', status: 401 })
})
