/** Requests that the step `request` refuses or accepts. */
import { ACTIVE, FORM, post, SECRET, token } from '../../endpoint.ts'
import { invalidRequest } from './expect-answers.ts'
import { active, anonymous, type Case, encoded } from './introspection-case.ts'

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

/** An introspection request for the active token, with a body of this many octets. */
function pad(octets: number): string {
  // Several parameters, because the length of each is limited, too.
  return `${encoded}${`&x=${'a'.repeat(4000)}`.repeat(9)}`.slice(0, octets)
}
