/** Servers that break a requirement of the request. */
import { CALLER, type Fault, type FurtherFault } from '../honest-server.ts'
import { BAD_REQUEST, INACTIVE } from './changed-answer.ts'
import { form, query, where, withForm, withHeaders } from './changed-request.ts'

const BASIC = `Basic ${btoa(`${CALLER.id}:${encodeURIComponent(CALLER.secret)}`)}`

/** By the identifier of the requirement. */
export const requestFaults: Readonly<Record<string, Fault>> = {
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
}

export const furtherRequestFaults: readonly FurtherFault[] = [
  [
    'REQ-07',
    'an answer to an empty token',
    where(
      (request) => form(request).get('token') === '',
      () => INACTIVE,
    ),
  ],
]
