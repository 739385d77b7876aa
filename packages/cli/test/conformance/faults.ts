/** For each requirement a server that breaks it. */
import type { CameRequest, CannedAnswer } from '../servers/canned-server.ts'
import { CALLER, ENDED_TOKEN, type Fault, GOOD_TOKEN } from './honest-server.ts'

type Members = Record<string, unknown>

const FORM = 'application/x-www-form-urlencoded'
const BASIC = `Basic ${btoa(`${CALLER.id}:${encodeURIComponent(CALLER.secret)}`)}`
const INACTIVE: CannedAnswer = { body: '{"active":false}', headers: { 'content-type': 'application/json' } }
const BAD_REQUEST: CannedAnswer = { status: 400, body: '{"error":"invalid_request"}' }

function form({ body }: CameRequest): URLSearchParams {
  return new URLSearchParams(body)
}

function query({ url = '' }: CameRequest): URLSearchParams {
  return new URLSearchParams(url.split('?')[1])
}

function withForm(request: CameRequest, parameters: URLSearchParams): CameRequest {
  return {
    ...request,
    method: 'POST',
    body: parameters.toString(),
    headers: { ...request.headers, 'content-type': FORM },
  }
}

function withHeaders(request: CameRequest, headers: Record<string, string>): CameRequest {
  return { ...request, headers: { ...request.headers, ...headers } }
}

/** Answers in another way where a condition holds. */
function where(condition: (request: CameRequest) => boolean, fault: Fault): Fault {
  return (request, honest) => (condition(request) ? fault(request, honest) : honest(request))
}

/** Changes the answers that have a property. */
function after(condition: (answer: CannedAnswer) => boolean, change: (answer: CannedAnswer) => CannedAnswer): Fault {
  return async (request, honest) => {
    const answer = await honest(request)
    return request.url?.startsWith('/introspect') === true && condition(answer) ? change(answer) : answer
  }
}

function isActive({ body = '' }: CannedAnswer): boolean {
  return body.startsWith('{"active":true')
}

function changedMembers(change: Members): Fault {
  return after(isActive, (answer) => ({
    ...answer,
    body: JSON.stringify({ ...(JSON.parse(answer.body ?? '') as Members), ...change }),
  }))
}

function changedMetadata(change: Members): Fault {
  return where(
    ({ url }) => url?.startsWith('/.well-known') === true,
    async (request, honest) => {
      const answer = await honest(request)
      return { ...answer, body: JSON.stringify({ ...(JSON.parse(answer.body ?? '') as Members), ...change }) }
    },
  )
}

function is401({ status }: CannedAnswer): boolean {
  return status === 401
}

function withChallenge(challenge: string | undefined): (answer: CannedAnswer) => CannedAnswer {
  return (answer) => ({
    ...answer,
    headers: {
      ...without(answer.headers, 'www-authenticate'),
      ...(challenge !== undefined && { 'www-authenticate': challenge }),
    },
  })
}

function without(headers: CannedAnswer['headers'] = {}, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name))
}

function changedJwt(part: 0 | 1, change: Members): Fault {
  return after(
    ({ body = '' }) => body.startsWith('ey'),
    (answer) => {
      const parts = (answer.body ?? '').split('.')
      const members = JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString()) as Members
      parts[part] = Buffer.from(JSON.stringify({ ...members, ...change })).toString('base64url')
      return { ...answer, body: parts.join('.') }
    },
  )
}

function isWrongInForm(request: CameRequest): boolean {
  return request.headers.authorization === undefined && form(request).has('client_secret')
}

/** The faults, by the identifier of the requirement. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'META-01': changedMetadata({ issuer: 'ftp://as.example.com' }),
  'META-04': where(
    ({ url }) => url?.startsWith('/.well-known') === true,
    async (request, honest) => ({
      ...(await honest(request)),
      headers: { 'content-type': 'text/plain' },
    }),
  ),
  'META-05': changedMetadata({ issuer: 'https://other.example.com' }),
  'META-09': changedMetadata({ introspection_endpoint_auth_signing_alg_values_supported: ['none'] }),
  'META-10': changedMetadata({ scopes_supported: [] }),
  'REQ-05': where(
    ({ headers }) => headers['content-type']?.startsWith('App') === true,
    () => ({ status: 415 }),
  ),
  'REQ-05a': where(
    ({ headers }) => headers['content-type'] === 'application/json',
    (request, honest) =>
      honest(withForm(request, new URLSearchParams(JSON.parse(request.body) as Record<string, string>))),
  ),
  'REQ-07': where(
    (request) => request.url === '/introspect' && !form(request).get('token'),
    () => INACTIVE,
  ),
  'REQ-08': where(
    (request) => form(request).getAll('token').length > 1,
    (request, honest) => honest(withForm(request, new URLSearchParams({ token: form(request).get('token') ?? '' }))),
  ),
  'REQ-10': where(
    (request) => form(request).get('token_type_hint') === 'refresh_token',
    () => INACTIVE,
  ),
  'REQ-11': where(
    (request) => form(request).get('token_type_hint') === 'unheard_of',
    () => BAD_REQUEST,
  ),
  'REQ-12': where(
    (request) => form(request).has('unheard_of'),
    () => BAD_REQUEST,
  ),
  'REQ-15': where(
    ({ url, method, headers }) => url === '/introspect' && method === 'POST' && headers.authorization === undefined,
    () => INACTIVE,
  ),
  'REQ-18': where(
    ({ headers }) => headers.authorization?.startsWith('Bearer') === true,
    (request, honest) => honest(withHeaders(request, { authorization: BASIC })),
  ),
  'REQ-19': where(
    (request) => form(request).has('Token'),
    (request, honest) => honest(withForm(request, new URLSearchParams({ token: form(request).get('Token') ?? '' }))),
  ),
  'REQ-20': where(
    ({ method, url }) => method === 'GET' && url?.startsWith('/introspect') === true,
    (request, honest) => honest(withForm({ ...request, url: '/introspect' }, query(request))),
  ),
  'REQ-21': where(
    ({ method, url }) => method === 'GET' && url?.startsWith('/introspect') === true,
    () => ({ status: 405 }),
  ),
  'REQ-22': where(
    (request) => query(request).has('client_secret'),
    (request, honest) => honest(withHeaders({ ...request, url: '/introspect' }, { authorization: BASIC })),
  ),
  'REQ-22a': where(
    (request) => request.method === 'POST' && query(request).has('token'),
    (request, honest) => honest(withForm({ ...request, url: '/introspect' }, query(request))),
  ),
  'RSP-01': after(
    ({ body = '' }) => body.includes('active'),
    (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } }),
  ),
  'RSP-02': after(
    ({ body }) => body === '{"active":false}',
    (answer) => ({ ...answer, body: '{}' }),
  ),
  'RSP-04': changedMembers({ scope: ['read'] }),
  'RSP-05': changedMembers({ scope: '' }),
  'RSP-10': changedMembers({ token_type: 'access_token' }),
  'RSP-11': changedMembers({ exp: '1764000000' }),
  'RSP-15': changedMembers({ sub: 5 }),
  'RSP-16': changedMembers({ aud: [5] }),
  'RSP-21': where(
    (request) => form(request).get('token')?.startsWith('no token') === true,
    () => BAD_REQUEST,
  ),
  'RSP-22': after(
    ({ body }) => body === '{"active":false}',
    (answer) => ({ ...answer, body: '{"active":false,"reason":"unknown"}' }),
  ),
  'RSP-23': where(
    (request) => form(request).get('token') === ENDED_TOKEN,
    () => ({ ...INACTIVE, body: '{"active":false }' }),
  ),
  'RSP-25': changedMembers({ username: null }),
  'SEC-01': where(
    (request) => form(request).get('token') === ENDED_TOKEN,
    (request, honest) => honest(withForm(request, new URLSearchParams({ token: GOOD_TOKEN }))),
  ),
  'SEC-04': where(
    (request) => form(request).get('token')?.startsWith('e30.e30.') === true,
    (request, honest) =>
      honest(withForm(request, new URLSearchParams({ ...Object.fromEntries(form(request)), token: GOOD_TOKEN }))),
  ),
  'ERR-01': after(is401, (answer) => ({ ...answer, status: 400 })),
  'ERR-02': after(is401, withChallenge('Bearer realm="as"')),
  'ERR-03': where(isWrongInForm, async (request, honest) => withChallenge(undefined)(await honest(request))),
  'ERR-04': after(is401, withChallenge('Basic charset="UTF-8"')),
  'ERR-05': after(is401, (answer) => ({
    ...answer,
    body: '<h1>No</h1>',
    headers: { ...answer.headers, 'content-type': 'text/html' },
  })),
  'ERR-06': after(is401, (answer) => ({
    ...answer,
    body: '{"error":"invalid_client","error_description":"it\\"s wrong"}',
  })),
  'ERR-09': where(
    (request) => request.headers.authorization !== undefined && form(request).has('client_secret'),
    (request, honest) => honest(withForm(request, new URLSearchParams({ token: form(request).get('token') ?? '' }))),
  ),
  'ERR-17': after(
    () => true,
    (answer) => ({ ...answer, headers: without(answer.headers, 'cache-control') }),
  ),
  'AUTH-02': where(
    ({ headers }) =>
      Buffer.from(headers.authorization?.slice(6) ?? '', 'base64')
        .toString()
        .startsWith('%'),
    () => ({ status: 401 }),
  ),
  'AUTH-03': where(
    ({ headers }) => headers.authorization?.startsWith('Basic') === true,
    () => ({ status: 401 }),
  ),
  'AUTH-04': where(
    ({ headers }) => headers.authorization?.startsWith('bAsIc') === true,
    () => ({ status: 401 }),
  ),
  'AUTH-05': where(
    ({ headers }) => headers.authorization === 'Basic %%%',
    () => ({ status: 500 }),
  ),
  'AUTH-08': where(
    (request) => form(request).get('client_id')?.startsWith('not-') === true,
    (request, honest) => honest(withForm(request, new URLSearchParams({ token: GOOD_TOKEN }))),
  ),
  'AUTH-09': where(
    (request) => form(request).has('client_id') && !form(request).has('client_secret'),
    () => INACTIVE,
  ),
  'JWT-08': after(
    ({ body = '' }) => body.startsWith('ey'),
    (answer) => ({ ...answer, headers: { 'content-type': 'application/jwt' } }),
  ),
  'JWT-09': changedJwt(0, { typ: 'JWT' }),
  'JWT-11': changedJwt(1, { iss: 'https://other.example.com' }),
  'JWT-13': changedJwt(1, { aud: 'https://orders.example.com' }),
  'JWT-32': after(
    ({ status }) => status === 400,
    (answer) => ({ ...answer, headers: { 'content-type': 'application/token-introspection+jwt' } }),
  ),
}

const ALGORITHMS = 'introspection_endpoint_auth_signing_alg_values_supported'

function isInactive({ body }: CannedAnswer): boolean {
  return body === '{"active":false}'
}

function withBody(body: string): (answer: CannedAnswer) => CannedAnswer {
  return (answer) => ({ ...answer, body })
}

/** Fails like a server that does not expect these Basic credentials. */
function confusedBy(isConfusing: (decoded: string) => boolean): Fault {
  return where(
    ({ headers }) =>
      headers.authorization?.startsWith('Basic ') === true &&
      isConfusing(Buffer.from(headers.authorization.slice(6), 'base64').toString('latin1')),
    () => ({ status: 500 }),
  )
}

/** Further ways to break the requirements that have several parts. */
export const FURTHER_FAULTS: readonly (readonly [id: string, what: string, fault: Fault])[] = [
  ['META-01', 'an issuer with a query', changedMetadata({ issuer: 'https://as.example.com?tenant=acme' })],
  ['META-09', 'no algorithms', changedMetadata({ [ALGORITHMS]: undefined })],
  [
    'REQ-07',
    'an answer to an empty token',
    where(
      (request) => form(request).get('token') === '',
      () => INACTIVE,
    ),
  ],
  ['RSP-01', 'a list', after(isInactive, withBody('[]'))],
  ['RSP-04', 'two spaces in scope', changedMembers({ scope: 'read  write' })],
  ['RSP-10', 'another kind in token_type', changedMembers({ token_type: 'Refresh_Token' })],
  ['RSP-10', 'a token_type that is no string', changedMembers({ token_type: 1 })],
  ['RSP-11', 'iat as text', changedMembers({ iat: 'now' })],
  ['RSP-11', 'nbf as text', changedMembers({ nbf: 'now' })],
  ...['client_id', 'username', 'iss', 'jti'].map(
    (name) => ['RSP-15', `${name} that is no string`, changedMembers({ [name]: 5 })] as const,
  ),
  ['RSP-16', 'aud that is an object', changedMembers({ aud: {} })],
  ['RSP-22', 'an exp in an inactive answer', after(isInactive, withBody('{"active":false,"exp":1}'))],
  ['ERR-02', 'no challenge', after(is401, withChallenge(undefined))],
  ['ERR-05', 'an error without its member', after(is401, withBody('{"message":"wrong"}'))],
  [
    'ERR-06',
    'a letter outside ASCII in a 400',
    after(({ status }) => status === 400, withBody('{"error":"invalid_request","error_description":"für"}')),
  ],
  [
    'ERR-17',
    'errors without no-store',
    after(is401, (answer) => ({ ...answer, headers: without(answer.headers, 'cache-control') })),
  ],
  ['AUTH-05', 'a 500 for credentials without a colon', confusedBy((decoded) => decoded === 'somebody')],
  ['AUTH-05', 'a 500 for a broken escape', confusedBy((decoded) => decoded.includes('%zz'))],
  ['AUTH-05', 'a 500 for a control character', confusedBy((decoded) => decoded.includes('\u0000'))],
  ['JWT-13', 'no audience', changedJwt(1, { aud: undefined })],
]
