/** Servers that break a requirement of errors, or of the authentication of the caller. */
import type { CameRequest } from '../../servers/canned-server.ts'
import { type Fault, type FurtherFault, GOOD_TOKEN } from '../honest-server.ts'
import { after, INACTIVE, is401, withBody, withChallenge, without } from './changed-answer.ts'
import { form, where, withForm } from './changed-request.ts'

/** By the identifier of the requirement. */
export const errorFaults: Readonly<Record<string, Fault>> = {
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
}

export const furtherErrorFaults: readonly FurtherFault[] = [
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
]

function isWrongInForm(request: CameRequest): boolean {
  return request.headers.authorization === undefined && form(request).has('client_secret')
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
