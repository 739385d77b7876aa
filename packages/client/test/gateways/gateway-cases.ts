/** Requests to an API behind a gateway, and what the sender and the API see. All gateways share this table. */
import type { SentRequest } from '../adapters/guard-cases/sent-request.ts'

/** The token of each request says what the authorization server answers about it. */
export const TOKENS: Readonly<Record<string, object>> = {
  good: { sub: 'alice', scope: 'orders:read' },
  nobody: { scope: 'orders:read' },
  umlaut: { sub: 'J\u00fcrgen 100%\r\nX-Auth-Scope: admin', scope: 'orders:read' },
  long: { sub: 'a'.repeat(3000), scope: 'orders:read' },
  weak: { sub: 'alice', scope: 'orders:list' },
  inactive: { active: false },
}

/** What the gateway sends for a refusal of the guard with a status. */
export type StatusOf = (status: number) => number

/** The expected response, and the request that the API gets. */
export interface ExpectedExchange {
  /** The status of the guard, which the gateway may replace. */
  readonly status: number
  readonly challenge?: string
  readonly retryAfter?: string
  /** The fields of the request that the API gets; `undefined` when it gets none. */
  readonly seen?: Readonly<Record<string, string | undefined>>
}

export type GatewayCase = readonly [title: string, request: SentRequest, expected: ExpectedExchange]

function bearing(token: string, ...fields: readonly (readonly [string, string])[]): SentRequest {
  return { fields: [['Authorization', `Bearer ${token}`], ...fields] }
}

const alice = { 'x-auth-subject': 'alice', 'x-auth-scope': 'orders:read', authorization: undefined }
const BY_COOKIE = ['Cookie', '__Host-token=good'] as const
const REALM = 'Bearer realm="orders"'

export const passing: readonly GatewayCase[] = [
  ['a good token', bearing('good'), { status: 200, seen: alice }],
  [
    'a good token with POST and a body',
    { ...bearing('good'), method: 'POST', body: 'a=b' },
    { status: 200, seen: alice },
  ],
  ['a good token with HEAD', { ...bearing('good'), method: 'HEAD' }, { status: 200, seen: alice }],
  [
    'a token without a subject',
    bearing('nobody'),
    { status: 200, seen: { 'x-auth-scope': 'orders:read', 'x-auth-subject': undefined } },
  ],
  [
    'a subject that tries to begin another field',
    bearing('umlaut'),
    {
      status: 200,
      seen: { 'x-auth-subject': 'J%C3%BCrgen 100%25%0D%0AX-Auth-Scope: admin', 'x-auth-scope': 'orders:read' },
    },
  ],
  [
    'identity fields from outside',
    bearing('good', ['X-Auth-Subject', 'admin'], ['x-auth-scope', 'admin'], ['X-AUTH-SUBJECT', 'root']),
    { status: 200, seen: alice },
  ],
  [
    'an identity field from outside that the token does not replace',
    bearing('nobody', ['X-Auth-Subject', 'admin']),
    { status: 200, seen: { 'x-auth-subject': undefined } },
  ],
  [
    'a change by a cookie from the same origin',
    { method: 'POST', fields: [BY_COOKIE, ['Sec-Fetch-Site', 'same-origin']] },
    { status: 200, seen: alice },
  ],
  [
    'an original method and URL from outside',
    {
      ...bearing(
        'good',
        ['X-Original-URI', '/evil'],
        ['X-Original-Method', 'DELETE'],
        ['X-Forwarded-Uri', '/evil'],
        ['X-Forwarded-Method', 'DELETE'],
      ),
      query: '?a=b%20c',
    },
    { status: 200, seen: alice },
  ],
]

/** Fields that a gateway has to remove, because some servers read `_` as `-`. If it does not, the handler refuses the request. */
export const underscored: readonly GatewayCase[] = [
  [
    'an identity field from outside with _ for -',
    bearing('nobody', ['X_Auth_Subject', 'admin']),
    { status: 200, seen: { 'x-auth-subject': undefined, x_auth_subject: undefined } },
  ],
  [
    'identity fields from outside with _ for some -',
    bearing('nobody', ['X-Auth_Subject', 'admin'], ['X_Auth-Subject', 'admin']),
    { status: 200, seen: { 'x-auth-subject': undefined, 'x-auth_subject': undefined, 'x_auth-subject': undefined } },
  ],
]

export const refused: readonly GatewayCase[] = [
  ['no token', {}, { status: 401, challenge: REALM }],
  [
    'no token, and identity fields from outside',
    { fields: [['X-Auth-Subject', 'admin']] },
    { status: 401, challenge: REALM },
  ],
  [
    'a change by a cookie from another site, which the gateway asks about with GET',
    { method: 'POST', fields: [BY_COOKIE, ['Sec-Fetch-Site', 'cross-site'], ['X-Original-Method', 'GET']] },
    { status: 403 },
  ],
  [
    'a WebSocket by a cookie from another site, also if the gateway hides that it is one',
    {
      fields: [
        BY_COOKIE,
        ['Origin', 'https://evil.example'],
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ],
    },
    { status: 403 },
  ],
  ['an inactive token', bearing('inactive'), { status: 401, challenge: `${REALM}, error="invalid_token"` }],
  [
    'too little scope',
    bearing('weak'),
    { status: 403, challenge: `${REALM}, error="insufficient_scope", scope="orders:read"` },
  ],
  [
    'two words in place of a token',
    bearing('good other'),
    { status: 400, challenge: `${REALM}, error="invalid_request"` },
  ],
  [
    'a preflight, also with a good token',
    {
      method: 'OPTIONS',
      fields: [
        ['Origin', 'https://app.example.com'],
        ['Access-Control-Request-Method', 'GET'],
        ...(bearing('good').fields ?? []),
      ],
    },
    { status: 403 },
  ],
  ['an identity that is too long', bearing('long'), { status: 500 }],
  ['an outage of the authorization server', bearing('outage'), { status: 503, retryAfter: '7' }],
]
