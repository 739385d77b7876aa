/** The revocation endpoint in every framework: the same adapters, another handler, and answers without a body. */
import { describe, expect, test } from 'vitest'
import { basic, json, type WireRequest } from '../endpoint.ts'
import { dial, exchange } from '../path/forms.ts'
import { answerFields, common, invalidClient, invalidRequest } from '../path/introspection-cases/expect-answers.ts'
import {
  createRevocationEndpoint,
  expectNothingRevocableTold,
  REVOCATION_CHALLENGE,
  revocable,
  revoke,
  WEB_SECRET,
} from '../revocation-endpoint.ts'
import { frameworks } from './framework-forms.ts'

const access = { token: revocable('access') }
const SUCCESS_FIELDS = { 'cache-control': 'no-store', pragma: 'no-cache', 'x-content-type-options': 'nosniff' }
const here = { target: '/introspect' }
const unauthorized = { ...common, 'www-authenticate': REVOCATION_CHALLENGE }
const notAllowed = { ...common, allow: 'POST' }

type Refusal = [title: string, request: WireRequest, status: number, fields: object, body: object]

const REFUSED: readonly Refusal[] = [
  ['a wrong secret', revoke(access, { authorization: basic('web', 'wrong') }, here), 401, unauthorized, invalidClient],
  [
    'two Authorization fields',
    revoke(access, { authorization: [basic('web', WEB_SECRET), basic('web', WEB_SECRET)] }, here),
    401,
    unauthorized,
    invalidClient,
  ],
  [
    'GET',
    revoke('', {}, { method: 'GET', target: `/introspect?token=${access.token}` }),
    405,
    notAllowed,
    invalidRequest,
  ],
  ['OPTIONS', revoke('', {}, { method: 'OPTIONS', ...here }), 405, notAllowed, invalidRequest],
  ['JSON', revoke(JSON.stringify(access), { 'content-type': 'application/json' }, here), 415, common, invalidRequest],
  ['a body over the cap', revoke({ ...access, x: 'a'.repeat(33_000) }, {}, here), 413, common, invalidRequest],
  ['two tokens', revoke(`token=${access.token}&token=b`, {}, here), 400, common, invalidRequest],
  [
    'the token of another client',
    revoke({ token: revocable('ofApp') }, {}, here),
    400,
    common,
    { error: 'unauthorized_client', error_description: expect.any(String) as string },
  ],
]

describe.each(frameworks)('$name', ({ start }) => {
  test.each<[string, WireRequest]>([
    ['Basic credentials', revoke(access, {}, here)],
    [
      'credentials in the form',
      revoke({ ...access, client_id: 'web', client_secret: WEB_SECRET }, { authorization: undefined }, here),
    ],
    ['a body without a length', revoke(access, {}, { chunked: true, ...here })],
    ['a base path', revoke(access, {}, { target: '/oauth2/introspect/' })],
  ])('revokes with %s: 200 without a body, and the token is inactive', async (_, request) => {
    const { revocation, events, areActive } = await createRevocationEndpoint()
    expect(await areActive('access', 'sibling')).toEqual([true, true])
    const response = await exchange(dial(await start(revocation)), request)
    expect([response.status, response.body, answerFields(response)]).toEqual([200, '', SUCCESS_FIELDS])
    expect(await areActive('access', 'sibling')).toEqual([false, true])
    expect(events).toMatchObject([{ type: 'revoked', client: 'web', ended: 'token' }])
    expectNothingRevocableTold(response, events)
  })

  test.each(REFUSED)('refuses %s, and revokes no token', async (_, request, status, fields, body) => {
    const { revocation, events, areActive } = await createRevocationEndpoint()
    const response = await exchange(dial(await start(revocation)), request)
    expect([response.status, answerFields(response), json(response)]).toEqual([status, fields, body])
    expect(await areActive('access', 'ofApp')).toEqual([true, true])
    expect(events).toMatchObject([{ type: 'refused', status }])
    expectNothingRevocableTold(response, events)
  })

  test('keeps the connection after an answer without a body', async () => {
    const { revocation } = await createRevocationEndpoint()
    const socket = dial(await start(revocation))
    const statuses: number[] = []
    for (const request of [revoke(access, {}, here), revoke(access, {}, here), revoke({}, {}, here)]) {
      statuses.push((await exchange(socket, request)).status)
    }
    expect(statuses).toEqual([200, 200, 400])
  })
})
