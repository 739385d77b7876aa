import { bearerToken, clientCredentials, clientSecretPost, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const issuer = 'https://as.example.com'
const endpoint = `${issuer}/introspect`
const tokenEndpoint = `${issuer}/token`

function answerToken(access_token: string): void {
  as.answer({ access_token, token_type: 'Bearer', expires_in: 3600 })
}

function createClient() {
  const clock = { now: Date.now() }
  const clientAuthentication = clientCredentials({
    clientAuthentication: clientSecretPost('api', 'secret'),
    tokenEndpoint,
    scope: 'introspect',
  })
  const client = new IntrospectionClient({ issuer, endpoint, clientAuthentication, now: () => clock.now })
  return { client, clock }
}

function sent(): (string | null)[] {
  return as.requests.map(({ url, headers }) => (url === endpoint ? headers.get('authorization') : 'token request'))
}

test('an access token of this resource server is sent only in the header (REQ-17)', async () => {
  as.answer({ active: true })
  await using client = new IntrospectionClient({ endpoint, clientAuthentication: bearerToken('own-token') })
  await client.introspect('abc')
  expect(sent()).toEqual(['Bearer own-token'])
  expect(as.requests[0]?.body).toBe('token=abc')
})

describe('the client credentials grant', () => {
  test('gets the token once and keeps it (REQ-17, AUTH-12)', async () => {
    answerToken('own-1')
    as.answer({ active: true })
    as.answer({ active: true })
    const { client } = createClient()
    for (const token of ['abc', 'def']) expect((await client.introspect(token)).active).toBe(true)
    await client.close()
    expect(sent()).toEqual(['token request', 'Bearer own-1', 'Bearer own-1'])
    expect(Object.fromEntries(as.requests[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'introspect',
      client_id: 'api',
      client_secret: 'secret',
    })
  })

  test('renews a refused token once, and asks again (AUTH-12)', async () => {
    answerToken('own-1')
    as.answer({ active: true })
    const { client, clock } = createClient()
    await client.introspect('abc')
    clock.now += 5000
    as.answer({ error: 'invalid_token' }, { status: 401 })
    answerToken('own-2')
    as.answer({ active: true })
    expect((await client.introspect('def')).active).toBe(true)
    await client.close()
    expect(sent().slice(2)).toEqual(['Bearer own-1', 'token request', 'Bearer own-2'])
  })

  test('gives up when the server refuses every token (AUTH-12)', async () => {
    answerToken('own-1')
    as.answer({ active: true })
    const { client, clock } = createClient()
    await client.introspect('abc')
    clock.now += 5000
    as.answer({ error: 'invalid_token' }, { status: 401 })
    answerToken('own-2')
    as.answer({ error: 'invalid_token' }, { status: 401 })
    await expect(client.introspect('def')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED' })
    as.answer({ error: 'invalid_token' }, { status: 401 })
    await expect(client.introspect('ghi')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED' })
    await client.close()
    expect(sent().slice(2)).toEqual(['Bearer own-1', 'token request', 'Bearer own-2', 'Bearer own-2'])
  })

  test('a refusal at the token endpoint is a configuration error, and the client does not send the token', async () => {
    as.answer({ error: 'invalid_client' }, { status: 401 })
    const { client } = createClient()
    await expect(client.introspect('abc')).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_UNAUTHORIZED',
      oauthError: 'invalid_client',
    })
    await client.close()
    expect(sent()).toEqual(['token request'])
  })
})
