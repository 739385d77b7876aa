/** Requests and answers that are the same for every form of the handler and every framework. */
import { expect } from 'vitest'
import {
  ACTIVE,
  basic,
  CHALLENGE,
  type Changes,
  createEndpoint,
  expectNothingSecret,
  FORM,
  json,
  NEXT_SECRET,
  OTHER_SECRET,
  post,
  SECRET,
  token,
  type WireRequest,
  type WireResponse,
} from '../endpoint.ts'
import type { HandlerForm } from './forms.ts'

export const active = { token: token('active') }
export const encoded = `token=${token('active')}`
export const anonymous = { authorization: undefined }
const described = expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) as string
export const invalidRequest = { error: 'invalid_request', error_description: described }
export const invalidClient = { error: 'invalid_client' }

/** A request and its answer. `changes` are options that differ from the usual endpoint. */
export type Case = [title: string, request: WireRequest, status: number, body: unknown, changes?: Changes]

/** Header fields that depend on the form or the time. */
const TRANSPORT_FIELDS = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']

/** The header fields of an answer that do not depend on the form. */
export function answerFields(response: WireResponse): Record<string, string> {
  return Object.fromEntries(Object.entries(response.headers).filter(([name]) => !TRANSPORT_FIELDS.includes(name)))
}

export const common = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
  vary: 'accept',
}

/** All header fields of an answer. A 503 about one token has no Retry-After. */
function fieldsOf(status: number, body: unknown): Record<string, string> {
  if (status === 401) return { ...common, 'www-authenticate': CHALLENGE }
  if (status === 405) return { ...common, allow: 'POST' }
  if (status === 503 && !Object.hasOwn(body as object, 'error_description')) return { ...common, 'retry-after': '1' }
  return common
}

/** Sends a request and checks the answer and the events, and that neither reveals a secret. */
export type ExpectAnswer = (request: WireRequest, status: number, body: unknown, changes?: Changes) => Promise<void>

/** Checks of the answers that come through one form. */
export function expectAnswersOf(send: HandlerForm['send']): ExpectAnswer {
  return async (request, status, body, changes) => {
    const { handler, events } = await createEndpoint(changes)
    const response = await send(handler, request)
    expect({ status: response.status, fields: answerFields(response) }).toEqual({
      status,
      fields: fieldsOf(status, body),
    })
    if (typeof body === 'string') expect(response.body).toBe(body)
    else expect(json(response)).toEqual(body)
    const outcomes = events.filter(
      (event) => event.type !== 'basic-read' && !(event.type === 'warning' && event.code === 'colon-in-identifier'),
    )
    expect(outcomes.map((event) => ('status' in event ? event.status : 200))).toEqual([status])
    expectNothingSecret(response, events)
  }
}

/** Requests that the step `request` refuses. */
export const refusedRequests: readonly Case[] = [
  ['GET', post('', {}, { method: 'GET', target: `/introspect?${encoded}` }), 405, invalidRequest],
  ['PUT', post(active, {}, { method: 'PUT' }), 405, invalidRequest],
  ['PATCH without credentials', post(active, anonymous, { method: 'PATCH' }), 405, invalidRequest],
  ['DELETE', post('', {}, { method: 'DELETE' }), 405, invalidRequest],
  ['OPTIONS', post('', {}, { method: 'OPTIONS' }), 405, invalidRequest],
  ['JSON', post(JSON.stringify(active), { 'content-type': 'application/json' }), 415, invalidRequest],
  [
    'multipart',
    post(`--b\r\ncontent-disposition: form-data; name="token"\r\n\r\n${token('active')}\r\n--b--\r\n`, {
      'content-type': 'multipart/form-data; boundary=b',
    }),
    415,
    invalidRequest,
  ],
  ['plain text', post(active, { 'content-type': 'text/plain' }), 415, invalidRequest],
  ['no media type', post(active, { 'content-type': undefined }), 415, invalidRequest],
  [
    'a media type that only begins like that of a form',
    post(active, { 'content-type': `${FORM}x` }),
    415,
    invalidRequest,
  ],
  ['two media types', post(active, { 'content-type': [FORM, FORM] }), 415, invalidRequest],
  ['a compressed body', post(active, { 'content-encoding': 'gzip' }), 415, invalidRequest],
  ['a body compressed twice', post(active, { 'content-encoding': 'identity, br' }), 415, invalidRequest],
  ['a body over the cap', post(`${encoded}&x=${'a'.repeat(33_000)}`), 413, invalidRequest],
  [
    'a body over the cap without a length',
    post(`${encoded}&x=${'a'.repeat(200_000)}`, {}, { chunked: true }),
    413,
    invalidRequest,
  ],
  ['one octet over a cap of maxBodyBytes', post(pad(257)), 413, invalidRequest, { request: { maxBodyBytes: 256 } }],
  [
    'a hundred thousand parameters',
    post(`${encoded}${'&a'.repeat(100_000)}`),
    400,
    invalidRequest,
    { request: { maxBodyBytes: 1_048_576 } },
  ],
  ['one parameter too many', post(`${encoded}${'&a=b'.repeat(64)}`), 400, invalidRequest],
  [
    'one parameter more than a configured limit',
    post(`${encoded}&a&b&c&d`),
    400,
    invalidRequest,
    { request: { maxParameters: 4 } },
  ],
  ['octets that are not UTF-8', post(Buffer.from(`${encoded}&x=\xff`, 'latin1')), 400, invalidRequest],
  ['escapes that are not UTF-8', post(`${encoded}&x=%FF`), 400, invalidRequest],
  ['a broken escape in the token', post('token=%zz'), 400, invalidRequest],
  ['a broken escape in another parameter', post(`${encoded}&x=%4`), 400, invalidRequest],
  ['a repeated token', post(`${encoded}&${encoded}`), 400, invalidRequest],
  ['a token, and then an empty token', post(`${encoded}&token=`), 400, invalidRequest],
  ['a repeated hint', post(`${encoded}&token_type_hint=a&token_type_hint=a`), 400, invalidRequest],
  ['a repeated client_id', post(`${encoded}&client_id=orders-api&client_id=orders-api`), 400, invalidRequest],
  [
    'a repeated client_secret',
    post(`${encoded}&client_id=orders-api&client_secret=${SECRET}&client_secret=${SECRET}`, anonymous),
    400,
    invalidRequest,
  ],
  ['a token in another case', post(`Token=${token('active')}`), 400, invalidRequest],
  ['no token', post('token_type_hint=access_token'), 400, invalidRequest],
  ['an empty token', post('token='), 400, invalidRequest],
  ['an empty body', post(''), 400, invalidRequest],
  ['a token in the query', post('', {}, { target: `/introspect?${encoded}` }), 400, invalidRequest],
]

/** Requests that the step `request` accepts. */
export const takenRequests: readonly Case[] = [
  [
    'an unusual spelling',
    post(active, { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' }),
    200,
    ACTIVE,
  ],
  ['a parameter of the media type', post(active, { 'content-type': `${FORM};charset="utf-8"` }), 200, ACTIVE],
  ['a body that says it is not compressed', post(active, { 'content-encoding': 'Identity' }), 200, ACTIVE],
  ['a body as large as the cap', post(pad(32_768)), 200, ACTIVE],
  ['a body as large as maxBodyBytes', post(pad(256)), 200, ACTIVE, { request: { maxBodyBytes: 256 } }],
  ['a body in chunks without a length', post(pad(30_000), {}, { chunked: true }), 200, ACTIVE],
  ['as many parameters as allowed', post(`${encoded}${'&a=b'.repeat(63)}`), 200, ACTIVE],
  [
    'as many parameters as a configured limit allows',
    post(`${encoded}${'&a=b'.repeat(99)}`),
    200,
    ACTIVE,
    { request: { maxParameters: 100 } },
  ],
  ['unknown parameters', post({ ...active, foo: 'bar', resource: 'https://orders.example.com' }), 200, ACTIVE],
  ['a repeated unknown parameter', post(`${encoded}&foo=1&foo=2&foo=`), 200, ACTIVE],
  ['an unknown hint', post({ ...active, token_type_hint: 'nonsense' }), 200, ACTIVE],
  ['a wrong hint', post({ ...active, token_type_hint: 'refresh_token' }), 200, ACTIVE],
  ['an empty hint', post({ ...active, token_type_hint: '' }), 200, ACTIVE],
  ['an escaped token', post('&&token=%74kn-active-5Bf41JqM&'), 200, ACTIVE],
  ['another token in the query', post(active, {}, { target: `/introspect?token=${token('expired')}` }), 200, ACTIVE],
  ['any path', post(active, {}, { target: '/oauth2/introspect/?tenant=a' }), 200, ACTIVE],
]

/** Credentials that the step `clientAuthentication` refuses. */
export const refusedCredentials: readonly Case[] = [
  ['no credentials', post(active, anonymous), 401, invalidClient],
  ['no credentials, an empty token', post('token=', anonymous), 401, invalidClient],
  ['no credentials, no token', post('', anonymous), 401, invalidClient],
  ['a wrong secret and no token', post('', { authorization: basic('orders-api', 'wrong') }), 401, invalidClient],
  [
    'a wrong secret and a repeated token',
    post('token=a&token=b', { authorization: basic('orders-api', 'wrong') }),
    401,
    invalidClient,
  ],
  ['a wrong secret', post(active, { authorization: basic('orders-api', 'wrong') }), 401, invalidClient],
  ['an empty secret', post(active, { authorization: basic('orders-api', '') }), 401, invalidClient],
  [
    'the secret of another caller',
    post(active, { authorization: basic('orders-api', OTHER_SECRET) }),
    401,
    invalidClient,
  ],
  ['an unknown protected resource', post(active, { authorization: basic('nobody', SECRET) }), 401, invalidClient],
  ['an identifier in another case', post(active, { authorization: basic('Orders-API', SECRET) }), 401, invalidClient],
  ['a client that only owns tokens', post(active, { authorization: basic('web', SECRET) }), 401, invalidClient],
  ['Basic that is not base64', post(active, { authorization: 'Basic *****' }), 401, invalidClient],
  ['Basic with an incomplete group of base64', post(active, { authorization: 'Basic abcde' }), 401, invalidClient],
  ['Basic without a colon', post(active, { authorization: `Basic ${btoa('orders-api')}` }), 401, invalidClient],
  ['Basic with a broken escape', post(active, { authorization: basic('orders-api', '%zz') }), 401, invalidClient],
  ['Basic that is not UTF-8', post(active, { authorization: `Basic ${btoa('orders-api:\xff')}` }), 401, invalidClient],
  [
    'Basic with a control character',
    post(active, { authorization: basic('orders-api', 'a\u0000b') }),
    401,
    invalidClient,
  ],
  [
    'Basic with an escaped control character',
    post(active, { authorization: basic('orders-api', 'a%00b') }),
    401,
    invalidClient,
  ],
  ['Basic with nothing', post(active, { authorization: 'Basic' }), 401, invalidClient],
  ['Basic with parameters', post(active, { authorization: 'Basic realm="x"' }), 401, invalidClient],
  ['Bearer', post(active, { authorization: 'Bearer 2YotnFZFEjr1zCsicMWpAA' }), 401, invalidClient],
  ['the token itself as Bearer', post(active, { authorization: `Bearer ${token('active')}` }), 401, invalidClient],
  ['an identifier without a secret', post({ ...active, client_id: 'orders-api' }, anonymous), 401, invalidClient],
  ['a secret without an identifier', post({ ...active, client_secret: SECRET }, anonymous), 401, invalidClient],
  [
    'a wrong secret in the form',
    post({ ...active, client_id: 'orders-api', client_secret: 'wrong' }, anonymous),
    401,
    invalidClient,
  ],
  [
    'empty credentials in the form',
    post({ ...active, client_id: '', client_secret: '' }, anonymous),
    401,
    invalidClient,
  ],
  [
    'credentials in the query',
    post(active, anonymous, { target: `/introspect?client_id=orders-api&client_secret=${SECRET}` }),
    401,
    invalidClient,
  ],
  [
    'two Authorization fields',
    post(active, { authorization: [basic('orders-api', SECRET), basic('orders-api', SECRET)] }),
    401,
    invalidClient,
  ],
  [
    'an assertion',
    post({ ...active, client_assertion: 'e30.e30.', client_assertion_type: 'urn:x' }, anonymous),
    401,
    invalidClient,
  ],
  ['an assertion beside Basic', post({ ...active, client_assertion: 'e30.e30.' }), 401, invalidClient],
  [
    'Basic when it is not enabled',
    post(active),
    401,
    invalidClient,
    { clientAuthentication: { methods: ['client_secret_post'] } },
  ],
  [
    'a secret in the form when it is not enabled',
    post({ ...active, client_id: 'orders-api', client_secret: SECRET }, anonymous),
    401,
    invalidClient,
    { clientAuthentication: { methods: ['client_secret_basic'] } },
  ],
  [
    'a secret in the form beside Basic',
    post({ ...active, client_id: 'orders-api', client_secret: SECRET }),
    400,
    invalidRequest,
  ],
  ['a secret alone in the form beside Basic', post({ ...active, client_secret: SECRET }), 400, invalidRequest],
  ['another client_id beside Basic', post({ ...active, client_id: 'invoices-api' }), 400, invalidRequest],
]

/** Credentials that the step `clientAuthentication` accepts. */
export const takenCredentials: readonly Case[] = [
  ['empty credentials in the form beside Basic', post({ ...active, client_id: '', client_secret: '' }), 200, ACTIVE],
  ['the same client_id beside Basic', post({ ...active, client_id: 'orders-api' }), 200, ACTIVE],
  [
    'a lower-case scheme',
    post(active, { authorization: basic('orders-api', SECRET).replace('Basic', 'basic') }),
    200,
    ACTIVE,
  ],
  [
    'several spaces after the scheme',
    post(active, { authorization: basic('orders-api', SECRET).replace(' ', '   ') }),
    200,
    ACTIVE,
  ],
  [
    'base64 without padding',
    post(active, { authorization: basic('orders-api', NEXT_SECRET).replace(/=+$/, '') }),
    200,
    ACTIVE,
  ],
  ['the next secret of a rotation', post(active, { authorization: basic('orders-api', NEXT_SECRET) }), 200, ACTIVE],
  [
    'credentials in the form',
    post({ ...active, client_id: 'orders-api', client_secret: SECRET }, anonymous),
    200,
    ACTIVE,
  ],
]

/** An introspection request for the active token, with a body of this many octets. */
function pad(octets: number): string {
  // Several parameters, because the length of each is limited, too.
  return `${encoded}${`&x=${'a'.repeat(4000)}`.repeat(9)}`.slice(0, octets)
}
