/** Servers that break a requirement of the response. */
import type { CannedAnswer } from '../../servers/canned-server.ts'
import { ENDED_TOKEN, type Fault, type FurtherFault, GOOD_TOKEN } from '../honest-server.ts'
import { after, BAD_REQUEST, INACTIVE, isInactive, type Members, withBody } from './changed-answer.ts'
import { form, where, withForm } from './changed-request.ts'

/** By the identifier of the requirement. */
export const responseFaults: Readonly<Record<string, Fault>> = {
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
}

export const furtherResponseFaults: readonly FurtherFault[] = [
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
]

function changedMembers(change: Members): Fault {
  return after(isActive, (answer) => ({
    ...answer,
    body: JSON.stringify({ ...(JSON.parse(answer.body ?? '') as Members), ...change }),
  }))
}

function isActive({ body = '' }: CannedAnswer): boolean {
  return body.startsWith('{"active":true')
}
