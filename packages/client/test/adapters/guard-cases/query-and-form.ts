/** Tokens in the query and in forms, which count when the options say so. */
import { malformed } from './expected-refusal.ts'
import type { AllowedCase, RefusedCase, Situation } from './guard-case.ts'
import { bearer, posting } from './sent-request.ts'
import { token } from './valid-token.ts'

/** The token counts in each of its standard places. */
export const everywhere: Situation = { token: { sources: ['header', 'form', 'query'] } }

export const refusedInQuery: readonly RefusedCase[] = [
  ['a token in field and query', { ...bearer, query: `?access_token=${token}` }, malformed, everywhere],
  ['two tokens in the query', { query: `?access_token=${token}&access_token=b` }, malformed, everywhere],
  ['an empty token in the query', { query: '?access_token=' }, malformed, everywhere],
]

export const allowedInQuery: readonly AllowedCase[] = [
  [
    'a token in the query',
    { query: `?access_token=${token}` },
    { sub: 'alice' },
    { 'cache-control': 'private' },
    everywhere,
  ],
  [
    'a token in the query of a response with no-store',
    { query: `?access_token=${token}`, fields: [['x-cache-control', 'no-store']] },
    { sub: 'alice' },
    { 'cache-control': 'no-store' },
    everywhere,
  ],
  [
    'a token in the query of a response with Cache-Control public',
    { query: `?access_token=${token}`, fields: [['x-cache-control', 'public, max-age=60, s-maxage=90']] },
    { sub: 'alice' },
    { 'cache-control': 'private, max-age=60' },
    everywhere,
  ],
]

/** Cases for frameworks with a form parser before the guard. */
export const refusedInForms: readonly RefusedCase[] = [
  ['a token in field and form', posting(`access_token=${token}`, `Bearer ${token}`), malformed, everywhere],
  ['two tokens in the form', posting(`access_token=${token}&access_token=b`), malformed, everywhere],
  ['one token twice in the form', posting(`access_token=${token}&access_token=${token}`), malformed, everywhere],
  ['an empty token in the form', posting('access_token='), malformed, everywhere],
  [
    'a token in form and query',
    { ...posting(`access_token=${token}`), query: `?access_token=${token}` },
    malformed,
    everywhere,
  ],
]

export const allowedInForms: readonly AllowedCase[] = [
  ['a token in the form', posting(`a=1&access_token=${token}`), { sub: 'alice' }, {}, everywhere],
  ['a token in the field, and a form', posting('a=1', `Bearer ${token}`), { sub: 'alice' }, {}, everywhere],
]
