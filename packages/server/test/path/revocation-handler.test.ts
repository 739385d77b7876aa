/** The whole path of a revocation from request to response, through every form of the handler. */
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSqliteTokenStore } from '../../src/stores/sqlite/index.ts'
import { createMemoryTokenStore, type RevocationHandlerOptions, type WritableTokenStore } from '../../src/index.ts'
import { basic, FORM, json, NOW, SECRET, type WireRequest } from '../endpoint.ts'
import {
  APP_SECRET,
  CLIENTS,
  createRevocationEndpoint,
  expectNothingRevocableTold,
  NEXT_WEB_SECRET,
  REVOCATION_CHALLENGE,
  type RevocableName,
  revocable,
  revoke,
  WEB_SECRET,
} from '../revocation-endpoint.ts'
import { forms } from './forms.ts'
import { answerFields, common, invalidClient, invalidRequest } from './introspection-cases/expect-answers.ts'

const unavailable = { error: 'temporarily_unavailable' }
const notLookedUp = { ...unavailable, error_description: 'the token could not be looked up' }
const foreign = { error: 'unauthorized_client', error_description: expect.any(String) as string }
const anonymous = { authorization: undefined }
const access = { token: revocable('access') }
const app = { authorization: basic('app', APP_SECRET) }

/** The header fields of a success. It has no body, so it has no media type. */
const SUCCESS_FIELDS = { 'cache-control': 'no-store', pragma: 'no-cache', 'x-content-type-options': 'nosniff' }

function fieldsOf(status: number): object {
  if (status === 200) return SUCCESS_FIELDS
  if (status === 401) return { ...common, 'www-authenticate': REVOCATION_CHALLENGE }
  if (status === 405) return { ...common, allow: 'POST' }
  if (status === 503) return { ...common, 'retry-after': '1' }
  return common
}

function fail(): never {
  throw new Error('observer')
}

async function rejected(): Promise<never> {
  return await Promise.reject(new Error('observer'))
}

type Refusal = [title: string, request: WireRequest, status: number, body: object]

const REFUSED: readonly Refusal[] = [
  [
    'GET',
    revoke('', {}, { method: 'GET', target: `/revoke?token=${revocable('access')}&callback=f` }),
    405,
    invalidRequest,
  ],
  ['DELETE', revoke('', {}, { method: 'DELETE' }), 405, invalidRequest],
  ['JSON', revoke(JSON.stringify(access), { 'content-type': 'application/json' }), 415, invalidRequest],
  ['a body over the cap', revoke({ ...access, x: 'a'.repeat(33_000) }), 413, invalidRequest],
  ['no token', revoke('token_type_hint=access_token'), 400, invalidRequest],
  ['an empty token', revoke('token='), 400, invalidRequest],
  ['two tokens', revoke(`token=${revocable('access')}&token=b`), 400, invalidRequest],
  ['two hints', revoke(`token=${revocable('access')}&token_type_hint=a&token_type_hint=b`), 400, invalidRequest],
  ['a token in the query', revoke('', {}, { target: `/revoke?token=${revocable('access')}` }), 400, invalidRequest],
  ['no credentials', revoke(access, anonymous), 401, invalidClient],
  ['a client_id alone', revoke({ ...access, client_id: 'web' }, anonymous), 401, invalidClient],
  ['a wrong secret', revoke(access, { authorization: basic('web', 'wrong') }), 401, invalidClient],
  ['the secret of another client', revoke(access, { authorization: basic('web', APP_SECRET) }), 401, invalidClient],
  ['an unknown client', revoke(access, { authorization: basic('nobody', WEB_SECRET) }), 401, invalidClient],
  ['a protected resource', revoke(access, { authorization: basic('orders-api', SECRET) }), 401, invalidClient],
  ['the token itself as credentials', revoke(access, { authorization: `Bearer ${access.token}` }), 401, invalidClient],
  ['two methods', revoke({ ...access, client_id: 'web', client_secret: WEB_SECRET }), 400, invalidRequest],
  ['another client_id beside Basic', revoke({ ...access, client_id: 'app' }), 400, invalidRequest],
  ['the token of another client', revoke({ token: revocable('ofApp') }), 400, foreign],
  ['the refresh token of another client', revoke({ token: revocable('refreshOfApp') }), 400, foreign],
  ['a token without a client', revoke({ token: revocable('ofNobody') }), 400, foreign],
]

const durationMs = expect.any(Number) as number

describe.each(forms)('revocation handler, $name', ({ send }) => {
  async function expectRevoked(
    request: WireRequest,
    options: Partial<RevocationHandlerOptions> = {},
    token: RevocableName = 'access',
  ): Promise<void> {
    const { revocation, events, areActive } = await createRevocationEndpoint(options)
    expect(await areActive(token)).toEqual([true])
    const response = await send(revocation, request)
    expect([response.status, response.body, answerFields(response)]).toEqual([200, '', SUCCESS_FIELDS])
    expect(await areActive(token)).toEqual([false])
    expect(events).toEqual([{ type: 'revoked', client: expect.any(String) as string, ended: 'token', durationMs }])
    expectNothingRevocableTold(response, events)
  }

  test.each(REFUSED)('refuses %s, and revokes no token', async (_, request, status, body) => {
    const { revocation, events, areActive } = await createRevocationEndpoint()
    const response = await send(revocation, request)
    expect([response.status, answerFields(response)]).toEqual([status, fieldsOf(status)])
    expect(json(response)).toEqual(body)
    expect(events).toMatchObject([{ type: 'refused', status }])
    expectNothingRevocableTold(response, events)
    expect(await areActive('access', 'sibling', 'secondLogin', 'ofApp', 'ofNobody')).toEqual([
      true,
      true,
      true,
      true,
      true,
    ])
  })

  test.each<[string, WireRequest]>([
    ['Basic credentials', revoke(access)],
    ['the next secret of a rotation', revoke(access, { authorization: basic('web', NEXT_WEB_SECRET) })],
    ['credentials in the form', revoke({ ...access, client_id: 'web', client_secret: WEB_SECRET }, anonymous)],
    ['a media type with a parameter', revoke(access, { 'content-type': `${FORM}; charset=utf-8` })],
    ['a body without a length', revoke(access, {}, { chunked: true })],
    ['any Accept', revoke(access, { accept: 'text/html' })],
    ['unknown parameters', revoke({ ...access, resource: 'https://orders.example.com' })],
    ['the right hint', revoke({ ...access, token_type_hint: 'access_token' })],
    ['the wrong hint', revoke({ ...access, token_type_hint: 'refresh_token' })],
    ['an unknown hint', revoke({ ...access, token_type_hint: 'urn:example:macaroon' })],
  ])('takes %s', async (_, request) => {
    await expectRevoked(request)
  })

  test('finds clients in a list or with a function', async () => {
    await expectRevoked(revoke(access), {
      clientAuthentication: { findClient: async (id) => CLIENTS.find((client) => client.id === id) },
    })
  })

  test('lets each client revoke its own tokens', async () => {
    await expectRevoked(revoke({ token: revocable('ofApp') }, app), {}, 'ofApp')
  })

  test('sends the configured realm', async () => {
    const clientAuthentication = { clients: CLIENTS, realm: 'as' }
    const { revocation } = await createRevocationEndpoint({ clientAuthentication })
    const response = await send(revocation, revoke(access, anonymous))
    expect(response.headers['www-authenticate']).toBe('Basic realm="as", charset="UTF-8"')
  })

  test.each<[string, Record<string, string>, 'token' | 'grant' | 'nothing']>([
    ['an access token', { token: revocable('access') }, 'token'],
    ['a token that is not valid yet', { token: revocable('future') }, 'token'],
    ['a refresh token', { token: revocable('refresh') }, 'grant'],
    ['an unknown token', { token: 'never-issued' }, 'nothing'],
    ['an expired token', { token: revocable('expired') }, 'nothing'],
    ['an expired token of another client', { token: revocable('expiredOfApp') }, 'nothing'],
  ])('gives the same answer twice, and a distinct event, for %s', async (_, body, ended) => {
    const { revocation, events } = await createRevocationEndpoint()
    for (let times = 0; times < 2; times++) {
      const response = await send(revocation, revoke(body))
      expect([response.status, response.body, answerFields(response)]).toEqual([200, '', SUCCESS_FIELDS])
    }
    expect(events).toEqual([
      { type: 'revoked', client: 'web', ended, durationMs },
      { type: 'revoked', client: 'web', ended: 'nothing', durationMs },
    ])
  })

  describe.each<[string, Partial<WritableTokenStore>, string, object, object]>([
    ['find', { find: () => Promise.reject(new Error('down')) }, 'ERR_LOOKUP_STORE', notLookedUp, fieldsOf(500)],
    ['revoke', { revoke: () => Promise.reject(new Error('down')) }, 'ERR_REVOCATION_STORE', unavailable, fieldsOf(503)],
  ])('when the store cannot %s', (_, broken, code, body, fields) => {
    test('answers 503, not success', async () => {
      const endpoint = await createRevocationEndpoint()
      const store = { ...endpoint.store, ...broken }
      const { revocation, events, areActive } = await createRevocationEndpoint({ lookup: { store } }, endpoint.store)
      const response = await send(revocation, revoke(access))
      expect([response.status, answerFields(response)]).toEqual([503, fields])
      expect(json(response)).toEqual(body)
      expect(events).toMatchObject([{ type: 'refused', status: 503, error: { code, cause: { message: 'down' } } }])
      expect(await areActive('access')).toEqual([true])
    })
  })

  test('answers 503 when the registry of clients fails', async () => {
    const { revocation, events } = await createRevocationEndpoint({
      clientAuthentication: { findClient: () => Promise.reject(new Error('down')) },
    })
    const response = await send(revocation, revoke(access))
    expect([response.status, json(response)]).toEqual([503, unavailable])
    expect(events).toMatchObject([{ error: { code: 'ERR_CLIENT_AUTHENTICATION_REGISTRY' } }])
  })

  test('answers 500, and reports the error, when a function throws that should not', async () => {
    const { revocation, events } = await createRevocationEndpoint({
      now() {
        throw new Error('no clock')
      },
    })
    const response = await send(revocation, revoke(access))
    expect([response.status, json(response)]).toEqual([500, { error: 'server_error' }])
    expect(events).toMatchObject([{ type: 'unexpected', status: 500 }])
  })

  test.each<[string, () => void]>([
    ['throws', fail],
    // An observer may be an async function.
    ['rejects', rejected],
  ])('gives the same answer when the observer %s', async (_, onEvent) => {
    const { revocation } = await createRevocationEndpoint({ onEvent })
    expect((await send(revocation, revoke(access))).status).toBe(200)
    expect((await send(revocation, revoke(access, anonymous))).status).toBe(401)
  })
})

test('a closed database causes 503, and the token is neither revoked nor inactive', async () => {
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => {
    if (database.isOpen) database.close()
  })
  const store = createSqliteTokenStore({ database, now: () => NOW * 1000 })
  const { revocation, introspection } = await createRevocationEndpoint({}, store)
  database.close()
  const [plain] = forms
  const asked = await plain?.send(introspection, revoke(access, { authorization: basic('orders-api', SECRET) }))
  const revoked = await plain?.send(revocation, revoke(access))
  expect([asked?.status, revoked?.status]).toEqual([503, 503])
})

/** Every store that needs no server, with the clock of the tests. */
const STORES: readonly [string, () => WritableTokenStore][] = [
  ['memory', () => createMemoryTokenStore({ now: () => NOW * 1000 })],
  [
    'SQLite',
    () => {
      const database = new DatabaseSync(':memory:')
      onTestFinished(() => database.close())
      return createSqliteTokenStore({ database, now: () => NOW * 1000 })
    },
  ],
]

describe.each(STORES)('introspection after a revocation, store %s', (_, createStore) => {
  test.each(forms)('of a token, over $name: the token is inactive on the next request', async ({ send }) => {
    const { revocation, areActive } = await createRevocationEndpoint({}, createStore())
    expect(await areActive('access', 'sibling', 'secondLogin', 'ofApp')).toEqual([true, true, true, true])
    await send(revocation, revoke(access))
    expect(await areActive('access', 'sibling', 'secondLogin', 'ofApp')).toEqual([false, true, true, true])
  })

  test.each(forms)('of a refresh token, over $name: every token of its grant is inactive', async ({ send }) => {
    const { revocation, areActive, store } = await createRevocationEndpoint({}, createStore())
    expect(await areActive('access', 'sibling', 'secondLogin', 'ofApp')).toEqual([true, true, true, true])
    await send(revocation, revoke({ token: revocable('refresh') }))
    expect(await areActive('access', 'sibling', 'secondLogin', 'ofApp')).toEqual([false, false, true, true])
    // A refresh that was already running saves its new token later.
    await store.save(revocable('secondLogin'), { kind: 'access_token', grantId: 'grant-1', aud: 'urn:orders' })
    expect(await areActive('secondLogin')).toEqual([false])
  })

  test('of a subject: tokens issued until then are inactive, and those of a new login active', async () => {
    const { areActive, store } = await createRevocationEndpoint({}, createStore())
    const record = { kind: 'access_token', sub: 'alice', aud: 'urn:orders' } as const
    await store.save(revocable('sibling'), { ...record, iat: NOW })
    expect(await areActive('access', 'sibling', 'secondLogin')).toEqual([true, true, true])
    await store.revokeSubject('alice')
    expect(await areActive('access', 'sibling', 'secondLogin', 'ofApp')).toEqual([false, false, false, false])
    await store.save(revocable('sibling'), { ...record, iat: NOW + 1 })
    expect(await areActive('sibling')).toEqual([true])
  })

  test('of a session: its tokens are inactive', async () => {
    const { areActive, store } = await createRevocationEndpoint({}, createStore())
    await store.revokeSession('session-2')
    expect(await areActive('access', 'secondLogin')).toEqual([true, false])
  })

  test('of a client: its tokens are inactive', async () => {
    const { areActive, store } = await createRevocationEndpoint({}, createStore())
    await store.revokeClient('web')
    expect(await areActive('access', 'secondLogin', 'ofApp')).toEqual([false, false, true])
  })
})
