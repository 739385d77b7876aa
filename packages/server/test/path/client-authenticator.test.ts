/** Client authentication for a `/token` endpoint of an application, over HTTP and in the fetch form. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ClientAuthenticatorEvent, createClientAuthenticator, type HttpRequest } from '../../src/index.ts'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { basic, FORM, NOW } from '../endpoint.ts'

const SECRET = 'web-Qd7yUk3m'
const GRANT = 'grant_type=client_credentials'

function create() {
  const events: ClientAuthenticatorEvent[] = []
  const authenticate = createClientAuthenticator({
    clientAuthentication: { clients: [{ id: 'web', clientSecrets: [SECRET] }] },
    request: { maxBodyBytes: 1000 },
    now: () => NOW * 1000,
    onEvent: (event) => void events.push(event),
  })
  return { authenticate, events }
}

/** Answers with the client and its grant. */
async function answerOf(outcome: Awaited<ReturnType<ReturnType<typeof create>['authenticate']>>): Promise<Response> {
  if (!outcome.authenticated) return outcome.toResponse()
  return Response.json({ client: outcome.client.id, grant: outcome.form.get('grant_type') })
}

/** The endpoint on a port of this machine. */
async function serve({ authenticate }: ReturnType<typeof create>): Promise<string> {
  const handle = async (request: HttpRequest) => {
    const outcome = await authenticate.authenticate(request)
    if (!outcome.authenticated) return outcome.response
    const body = JSON.stringify({ client: outcome.client.id, grant: outcome.form.get('grant_type') })
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }
  const server = createServer(toNodeHandler({ handle })).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((listening) => server.once('listening', listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
}

const FORMS: readonly [
  string,
  (endpoint: ReturnType<typeof create>) => Promise<(init: RequestInit) => Promise<Response>>,
][] = [
  [
    'over HTTP',
    async (endpoint) => {
      const url = await serve(endpoint)
      return (init) => fetch(url, init)
    },
  ],
  [
    'in the fetch form',
    async ({ authenticate }) =>
      async (init) =>
        answerOf(await authenticate(new Request('https://as.example.com/token', init))),
  ],
]

const good = { authorization: basic('web', SECRET), 'content-type': FORM }

describe.each(FORMS)('a client authenticator, %s', (_, open) => {
  test.each<[string, RequestInit]>([
    ['in the Authorization field', { method: 'POST', headers: good, body: GRANT }],
    [
      'in the form',
      {
        method: 'POST',
        headers: { 'content-type': FORM },
        body: `${GRANT}&client_id=web&client_secret=${SECRET}`,
      },
    ],
  ])('gives the client with its secret %s, and the form', async (__, init) => {
    const endpoint = create()
    const response = await (await open(endpoint))(init)
    expect([response.status, await response.json()]).toEqual([200, { client: 'web', grant: 'client_credentials' }])
    expect(endpoint.events).toEqual([])
  })

  test('takes several resources', async () => {
    const init = { method: 'POST', headers: good, body: `${GRANT}&resource=urn:a&resource=urn:b` }
    expect((await (await open(create()))(init)).status).toBe(200)
  })

  test.each<[string, RequestInit, number, string]>([
    ['a wrong secret', { headers: { ...good, authorization: basic('web', 'wrong') } }, 401, 'invalid_client'],
    ['an unknown client', { headers: { ...good, authorization: basic('app', SECRET) } }, 401, 'invalid_client'],
    ['no credentials', { headers: { 'content-type': FORM }, body: `${GRANT}&client_id=web` }, 401, 'invalid_client'],
    ['two methods', { body: `${GRANT}&client_id=web&client_secret=${SECRET}` }, 400, 'invalid_request'],
    ['a repeated parameter', { body: `${GRANT}&${GRANT}` }, 400, 'invalid_request'],
    ['GET', { method: 'GET', body: null }, 405, 'invalid_request'],
    ['JSON', { headers: { ...good, 'content-type': 'application/json' }, body: '{}' }, 415, 'invalid_request'],
    ['a body over the cap', { body: `${GRANT}&a=${'a'.repeat(1000)}` }, 413, 'invalid_request'],
  ])('refuses %s', async (__, changes, status, error) => {
    const endpoint = create()
    const response = await (await open(endpoint))({ method: 'POST', headers: good, body: GRANT, ...changes })
    expect([response.status, await response.json()]).toMatchObject([status, { error }])
    expect(response.headers.get('cache-control')).toBe('no-store')
    const challenge = status === 401 ? 'Basic realm="token endpoint", charset="UTF-8"' : null
    expect(response.headers.get('www-authenticate')).toBe(challenge)
    expect(endpoint.events).toMatchObject([{ type: 'refused', status }])
  })
})

test('a public client is refused, with its form and a code that says so', async () => {
  const { authenticate } = create()
  const body = 'grant_type=authorization_code&client_id=spa&code=c'
  const outcome = await authenticate(
    new Request('https://as.example.com/token', { method: 'POST', headers: { 'content-type': FORM }, body }),
  )
  expect(outcome).toMatchObject({ authenticated: false, error: { code: 'ERR_CLIENT_AUTHENTICATION_MISSING' } })
  expect(outcome.form?.get('client_id')).toBe('spa')
})

test('a registry that fails is 503, and found by check()', async () => {
  const authenticate = createClientAuthenticator({
    clientAuthentication: {
      findClient() {
        throw new Error('no database')
      },
    },
    onWarning: false,
  })
  const request = new Request('https://as.example.com/token', { method: 'POST', headers: good, body: GRANT })
  expect(await authenticate(request)).toMatchObject({
    authenticated: false,
    error: { code: 'ERR_CLIENT_AUTHENTICATION_REGISTRY' },
    response: { status: 503 },
  })
  expect(await authenticate.check()).toMatchObject({ ok: false, step: 'registry' })
})
