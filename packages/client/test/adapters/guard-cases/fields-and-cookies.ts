/** Tokens in a field of a gateway, or in a cookie. */
import { absent, foreign, insufficient, invalid, malformed } from './expected-refusal.ts'
import type { AllowedCase, RefusedCase, Situation } from './guard-case.ts'
import { bearer, type SentRequest } from './sent-request.ts'
import { token } from './valid-token.ts'

const APP = 'https://app.example.com'
/** A gateway that sends the token in a field, and browsers that send it in a cookie. */
const elsewhere: Situation = {
  token: { fields: ['X-Forwarded-Access-Token'], cookie: { name: '__Host-token', allowedOrigins: [APP] } },
}
const inField = ['X-Forwarded-Access-Token', token] as const
const inCookie = ['Cookie', `theme=dark; __Host-token=${token}`] as const

/** A request that changes something, with the token in a cookie. */
function changing(...fields: readonly (readonly [string, string])[]): SentRequest {
  return { method: 'POST', fields: [inCookie, ...fields] }
}

export const refusedElsewhere: readonly RefusedCase[] = [
  ['no token in field or cookie', { fields: [['Cookie', 'theme=dark']] }, absent, elsewhere],
  ['a token in a field that is not named', { fields: [inField] }, absent],
  ['a token in another field', { fields: [['X-Auth-Request-Access-Token', token]] }, absent, elsewhere],
  [
    'a token in the Authorization field when only another field counts',
    bearer,
    absent,
    { token: { sources: [], fields: ['x-token'] } },
  ],
  [
    'a token in Authorization and in another field',
    { fields: [...(bearer.fields ?? []), inField] },
    malformed,
    elsewhere,
  ],
  ['a token in Authorization and in a cookie', { fields: [...(bearer.fields ?? []), inCookie] }, malformed, elsewhere],
  ['a token in field and cookie', { fields: [inField, inCookie] }, malformed, elsewhere],
  ['a token in two fields of one name', { fields: [inField, inField] }, malformed, elsewhere],
  ['a token in two Cookie fields', { fields: [inCookie, inCookie] }, malformed, elsewhere],
  ['two cookies of one name', { fields: [['Cookie', '__Host-token=a; __Host-token=b']] }, malformed, elsewhere],
  ['a cookie that is no token', { fields: [['Cookie', '__Host-token=a b']] }, malformed, elsewhere],
  ['an inactive token in a field', { fields: [inField] }, invalid, { ...elsewhere, members: { active: false } }],
  ['an inactive token in a cookie', { fields: [inCookie] }, invalid, { ...elsewhere, members: { active: false } }],
  ['too little scope in a cookie', { fields: [inCookie] }, insufficient, { ...elsewhere, members: { scope: 'a' } }],
  ['a change by a cookie, without an origin', changing(), foreign, elsewhere],
  [
    'a change by a cookie from another site',
    changing(['Sec-Fetch-Site', 'cross-site'], ['Origin', 'https://evil.example']),
    foreign,
    elsewhere,
  ],
  [
    'a change by a cookie from another origin of the site',
    changing(['Sec-Fetch-Site', 'same-site'], ['Origin', 'https://blog.example.com']),
    foreign,
    elsewhere,
  ],
  [
    'a change by a cookie from another site when the token is optional',
    changing(['Sec-Fetch-Site', 'cross-site']),
    foreign,
    { ...elsewhere, guard: { optional: true } },
  ],
]

const IS_PRIVATE = { 'cache-control': 'private' } as const

export const allowedElsewhere: readonly AllowedCase[] = [
  ['a token in another field', { fields: [inField] }, { sub: 'alice' }, IS_PRIVATE, elsewhere],
  [
    'a token with its scheme in another field',
    { fields: [['x-forwarded-access-token', `Bearer ${token}`]] },
    { sub: 'alice' },
    IS_PRIVATE,
    elsewhere,
  ],
  [
    'a token in the Authorization field beside an empty field',
    { fields: [...(bearer.fields ?? []), ['X-Forwarded-Access-Token', '']] },
    { sub: 'alice' },
    { 'cache-control': undefined },
    elsewhere,
  ],
  [
    'a token in a field beside other credentials in Authorization',
    { fields: [inField, ['Authorization', 'Bearer of-somebody-else']] },
    { sub: 'alice' },
    IS_PRIVATE,
    { token: { ...elsewhere.token, sources: [] } },
  ],
  ['a token in a cookie', { fields: [inCookie] }, { sub: 'alice' }, IS_PRIVATE, elsewhere],
  [
    'a token in the second of two Cookie fields',
    { fields: [['Cookie', 'a=b'], inCookie] },
    { sub: 'alice' },
    {},
    elsewhere,
  ],
  ['a token in a cookie with HEAD', { method: 'HEAD', fields: [inCookie] }, { sub: 'alice' }, {}, elsewhere],
  [
    'a change by a cookie from the same origin',
    changing(['Sec-Fetch-Site', 'same-origin']),
    { sub: 'alice' },
    IS_PRIVATE,
    elsewhere,
  ],
  ['a change by a cookie from an allowed origin', changing(['Origin', APP]), { sub: 'alice' }, {}, elsewhere],
  [
    'a change by a token in the Authorization field from another site',
    { ...bearer, method: 'POST', fields: [...(bearer.fields ?? []), ['Sec-Fetch-Site', 'cross-site']] },
    { sub: 'alice' },
    {},
    elsewhere,
  ],
]
