/** Requests that every adapter must refuse, or let pass, in the same words: one table for all frameworks. */
import { type Fetch, type GuardOptions, type OptionalGuardOptions, Refusal } from '@token-introspection/client'

export const audience = 'https://orders.example.com'
export const realm = 'orders'
export const scope = 'orders:read'
export const now = 1_764_000_000
/** As far as any server could have issued it. */
export const token = 'mF_9.B5f-4.1JqM'
export const good = { active: true, sub: 'alice', aud: audience, scope, exp: now + 60, iss: 'https://as.example.com' }

/** One request as it is sent; fields are repeated as they stand. */
export interface SentRequest {
  readonly method?: string
  /** What follows the path. */
  readonly query?: string
  readonly fields?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** What a guard is made of, and what the authorization server says. */
export interface Situation {
  readonly guard?: GuardOptions | OptionalGuardOptions
  readonly sources?: readonly ('header' | 'form' | 'query')[]
  /** Members beside the good ones. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Instead of an answer made of members. */
  readonly reply?: Fetch
}

/** What comes back, besides what every refusal has. */
export interface ExpectedRefusal {
  readonly status: number
  readonly challenge?: string
  /** The error code in the body; none is an empty body. */
  readonly error?: string
  readonly retryAfter?: string
  /** Whether anybody was asked. */
  readonly asked: boolean
}

export type RefusedCase = readonly [
  title: string,
  request: SentRequest,
  expected: ExpectedRefusal,
  situation?: Situation,
]

const FORM = ['content-type', 'application/x-www-form-urlencoded'] as const

/** A request with these `Authorization` fields. */
function presenting(...credentials: readonly string[]): SentRequest {
  return { fields: credentials.map((value) => ['Authorization', value] as const) }
}

export const bearer = presenting(`Bearer ${token}`)

/** A form in the body of a POST. */
export function posting(body: string, ...credentials: readonly string[]): SentRequest {
  return { method: 'POST', body, fields: [FORM, ...(presenting(...credentials).fields ?? [])] }
}

const absent: ExpectedRefusal = { status: 401, challenge: `Bearer realm="${realm}"`, asked: false }
const malformed: ExpectedRefusal = {
  status: 400,
  challenge: `Bearer realm="${realm}", error="invalid_request"`,
  error: 'invalid_request',
  asked: false,
}
const invalid: ExpectedRefusal = {
  status: 401,
  challenge: `Bearer realm="${realm}", error="invalid_token"`,
  error: 'invalid_token',
  asked: true,
}
const insufficient: ExpectedRefusal = {
  status: 403,
  challenge: `Bearer realm="${realm}", error="insufficient_scope", scope="${scope}"`,
  error: 'insufficient_scope',
  asked: true,
}
const stepUp = (parameters: string): ExpectedRefusal => ({
  status: 401,
  challenge: `Bearer realm="${realm}", error="insufficient_user_authentication", ${parameters}`,
  error: 'insufficient_user_authentication',
  asked: true,
})
const denied: ExpectedRefusal = { status: 403, error: 'access_denied', asked: true }
const unavailable: ExpectedRefusal = { status: 503, error: 'temporarily_unavailable', asked: true }
const serverError = (status: number): ExpectedRefusal => ({ status, error: 'server_error', asked: true })

const everywhere: Situation = { sources: ['header', 'form', 'query'] }

const withoutToken: readonly RefusedCase[] = [
  ['no token', {}, absent],
  ['no token with HEAD', { method: 'HEAD' }, absent],
  ['no token with DELETE', { method: 'DELETE' }, absent],
  ['another scheme', presenting('Basic Zm9vOmJhcg=='), absent],
  ['a scheme that begins like it', presenting(`BearerX ${token}`), absent],
  ['DPoP where it is not taken', presenting(`DPoP ${token}`), absent],
  ['an empty field', presenting(''), absent],
  ['a token in the query', { query: `?access_token=${token}` }, absent],
  ['a token in the form', posting(`access_token=${token}`), absent],
  ['a token in a cookie', { fields: [['Cookie', `access_token=${token}; Authorization=Bearer ${token}`]] }, absent],
  [
    'a token in JSON',
    { method: 'POST', body: `{"access_token":"${token}"}`, fields: [['content-type', 'application/json']] },
    absent,
    everywhere,
  ],
  ['a token in the body of a DELETE', { ...posting(`access_token=${token}`), method: 'DELETE' }, absent, everywhere],
  ['OPTIONS of no page', { method: 'OPTIONS' }, absent],
  ['OPTIONS with Origin alone', { method: 'OPTIONS', fields: [['Origin', 'https://a.example']] }, absent],
  ['OPTIONS without Origin', { method: 'OPTIONS', fields: [['Access-Control-Request-Method', 'GET']] }, absent],
  [
    'OPTIONS with an empty Origin',
    {
      method: 'OPTIONS',
      fields: [
        ['Origin', ''],
        ['Access-Control-Request-Method', 'GET'],
      ],
    },
    absent,
  ],
  [
    'a POST that looks like a preflight',
    {
      method: 'POST',
      fields: [
        ['Origin', 'https://a.example'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    },
    absent,
  ],
  [
    'a method that is overridden to look like a preflight',
    {
      fields: [
        ['X-HTTP-Method-Override', 'OPTIONS'],
        ['Origin', 'https://a.example'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    },
    absent,
  ],
]

const broken: readonly RefusedCase[] = [
  ['no token after the scheme', presenting('Bearer'), malformed],
  ['two tokens', presenting('Bearer abc def'), malformed],
  ['a tab after the scheme', presenting('Bearer\tabc'), malformed],
  ['quotes', presenting('Bearer "abc"'), malformed],
  ['a parameter', presenting('Bearer token=abc'), malformed],
  ['octets that are not ASCII', presenting('Bearer ab\u00e9'), malformed],
  ['a comma in the token', presenting('Bearer abc,def'), malformed],
  ['two fields', presenting(`Bearer ${token}`, 'Bearer def'), malformed],
  ['one field twice', presenting(`Bearer ${token}`, `Bearer ${token}`), malformed],
  ['a token before other credentials', presenting(`Bearer ${token}`, 'Basic Zm9vOmJhcg=='), malformed],
  ['a token after other credentials', presenting('Basic Zm9vOmJhcg==', `Bearer ${token}`), malformed],
  ['fields that were joined', presenting(`Bearer ${token}, Bearer def`), malformed],
  ['schemes that were joined', presenting(`Basic Zm9vOmJhcg==, Bearer ${token}`), malformed],
]

/** In places that have to be switched on. In forms, they are seen where a parser stands before the guard. */
const twice: readonly RefusedCase[] = [
  ['a token in field and query', { ...bearer, query: `?access_token=${token}` }, malformed, everywhere],
  ['two tokens in the query', { query: `?access_token=${token}&access_token=b` }, malformed, everywhere],
  ['an empty token in the query', { query: '?access_token=' }, malformed, everywhere],
]

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

const DEVICE_SECRET = 'urn:x-oath:params:oauth:token-type:device-secret'
const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }

const judged: readonly RefusedCase[] = [
  ['an inactive token', bearer, invalid, { members: { active: false } }],
  ['an expired token', bearer, invalid, { members: { exp: now - 60 } }],
  ['a token that is not good yet', bearer, invalid, { members: { nbf: now + 600 } }],
  ['another audience', bearer, invalid, { members: { aud: 'https://other.example.com' } }],
  ['an audience that begins like it', bearer, invalid, { members: { aud: `${audience}.evil.example` } }],
  ['no audience', bearer, invalid, { members: { aud: undefined } }],
  ['a refresh token', bearer, invalid, { members: { token_use: 'refresh_token' } }],
  ['an ID token', bearer, invalid, { members: { typ: 'ID' } }],
  ['a token of a type nobody knows', bearer, invalid, { guard: { audience: false }, members: { token_type: 'mac' } }],
  ['a device secret of Okta', bearer, invalid, { guard: { audience: false }, members: { token_type: DEVICE_SECRET } }],
  ['a kind that is no text', bearer, invalid, { members: { token_use: ['access_token', 'refresh_token'] } }],
  [
    'a kind that is not said',
    bearer,
    invalid,
    { guard: { tokenKind: { member: 'token_use', oneOf: ['access_token'] } } },
  ],
  ['another issuer than the route takes', bearer, invalid, { guard: { issuer: 'https://other.example.com' } }],
  ['a DPoP-bound token as a bearer token', bearer, invalid, { members: { cnf, token_type: 'DPoP' } }],
  ['a token of the type DPoP that nothing binds', bearer, invalid, { members: { token_type: 'DPoP' } }],
  ['a certificate-bound token without its certificate', bearer, invalid, { members: { cnf: { 'x5t#S256': cnf.jkt } } }],
  ['a token bound in a way nobody knows', bearer, invalid, { members: { cnf: { kid: 'a' } } }],
  [
    'an inactive token in the query',
    { query: `?access_token=${token}` },
    invalid,
    { ...everywhere, members: { active: false } },
  ],
  ['too little scope', bearer, insufficient, { members: { scope: 'orders:write' } }],
  ['no scope', bearer, insufficient, { members: { scope: undefined } }],
  ['a scope that begins like it', bearer, insufficient, { members: { scope: `${scope}s` } }],
  ['a scope in other letters', bearer, insufficient, { members: { scope: scope.toUpperCase() } }],
  [
    'a scope that a predicate does not take',
    bearer,
    { ...insufficient, challenge: `Bearer realm="${realm}", error="insufficient_scope"` },
    { guard: { scope: () => false } },
  ],
  [
    'other authorization details',
    bearer,
    { ...insufficient, challenge: `Bearer realm="${realm}", error="insufficient_scope"` },
    { guard: { authorizationDetails: { type: 'payment' } } },
  ],
  [
    'a login that is too weak',
    bearer,
    stepUp('acr_values="mfa"'),
    { guard: { acrValues: 'mfa' }, members: { acr: 'pwd' } },
  ],
  [
    'a login that nothing is known of',
    bearer,
    stepUp('acr_values="mfa pin"'),
    { guard: { acrValues: ['mfa', 'pin'] } },
  ],
  [
    'a login too long ago',
    bearer,
    stepUp('max_age="60"'),
    { guard: { maxAuthenticationAgeSeconds: 60 }, members: { auth_time: now - 61 } },
  ],
  [
    'a login in the future',
    bearer,
    stepUp('max_age="60"'),
    { guard: { maxAuthenticationAgeSeconds: 60 }, members: { auth_time: now + 600 } },
  ],
  ['a login at no time', bearer, stepUp('max_age="60"'), { guard: { maxAuthenticationAgeSeconds: 60 } }],
  ['a check that says no', bearer, denied, { guard: { check: () => false } }],
  ['a check that says something else', bearer, denied, { guard: { check: () => 'yes' as never } }],
  [
    'no token where there are metadata',
    {},
    { ...absent, challenge: `Bearer realm="${realm}", resource_metadata="https://orders.example.com/m"` },
    { guard: { resourceMetadata: 'https://orders.example.com/m' } },
  ],
  [
    'no token where the realm has quotes',
    {},
    { ...absent, challenge: String.raw`Bearer realm="a \"b\", error=\\"` },
    { guard: { realm: String.raw`a "b", error=` + '\\' } },
  ],
  [
    'an inactive token where none is needed',
    bearer,
    invalid,
    { guard: { optional: true }, members: { active: false } },
  ],
  ['broken credentials where none are needed', presenting('Bearer a b'), malformed, { guard: { optional: true } }],
]

const json = (status: number, headers: Record<string, string> = {}): Situation => ({
  reply: () =>
    Promise.resolve(Response.json({ active: false, error: 'secret words of the server' }, { status, headers })),
})

/** What goes wrong beyond the request. None of it may read as a bad token. */
const outages: readonly RefusedCase[] = [
  ['an authorization server that is down', bearer, unavailable, json(503)],
  [
    'one that says when to come again',
    bearer,
    { ...unavailable, retryAfter: '17' },
    json(503, { 'retry-after': '17' }),
  ],
  ['one that has too much to do', bearer, { ...unavailable, retryAfter: '5' }, json(429, { 'retry-after': '5' })],
  ['one that cannot be reached', bearer, unavailable, { reply: () => Promise.reject(new TypeError('fetch failed')) }],
  ['one that never answers', bearer, unavailable, { reply: hanging }],
  ['one that is down where no token is needed', bearer, unavailable, { ...json(503), guard: { optional: true } }],
  ['one that refuses our credentials', bearer, serverError(500), json(401)],
  [
    'an answer that is none',
    bearer,
    serverError(502),
    { reply: () => Promise.resolve(new Response('<html>', { headers: { 'content-type': 'text/html' } })) },
  ],
  [
    'an answer without active',
    bearer,
    serverError(502),
    { reply: () => Promise.resolve(Response.json({ sub: 'alice' })) },
  ],
]

/** Until it is called off. */
function hanging(_: string | URL, init: { readonly signal?: AbortSignal | null | undefined }): Promise<Response> {
  return new Promise((_resolve, reject) => {
    init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
  })
}

export const refused: readonly RefusedCase[] = [...withoutToken, ...broken, ...twice, ...judged, ...outages]

/** Requests that pass: what the handler sees, and fields of the response. */
export type AllowedCase = readonly [
  title: string,
  request: SentRequest,
  seen: { readonly sub?: string; readonly body?: string },
  fields?: Readonly<Record<string, string | undefined>>,
  situation?: Situation,
]

export const allowed: readonly AllowedCase[] = [
  ['a good token', bearer, { sub: 'alice' }, { 'cache-control': undefined }],
  ['a scheme in lower case', presenting(`bearer ${token}`), { sub: 'alice' }],
  ['a scheme in capitals', presenting(`BEARER   ${token}`), { sub: 'alice' }],
  ['a field name in lower case', { fields: [['authorization', `Bearer ${token}`]] }, { sub: 'alice' }],
  ['a token with HEAD', { ...bearer, method: 'HEAD' }, { sub: 'alice' }],
  ['a token with OPTIONS', { ...bearer, method: 'OPTIONS' }, { sub: 'alice' }],
  [
    'a token in the query',
    { query: `?access_token=${token}` },
    { sub: 'alice' },
    { 'cache-control': 'private' },
    everywhere,
  ],
  [
    'a token in the query of a response that is kept by nobody',
    { query: `?access_token=${token}`, fields: [['x-cache-control', 'no-store']] },
    { sub: 'alice' },
    { 'cache-control': 'no-store' },
    everywhere,
  ],
  [
    'a token in the query of a response that is public',
    { query: `?access_token=${token}`, fields: [['x-cache-control', 'public, max-age=60, s-maxage=90']] },
    { sub: 'alice' },
    { 'cache-control': 'private, max-age=60' },
    everywhere,
  ],
]

export const allowedInForms: readonly AllowedCase[] = [
  ['a token in the form', posting(`a=1&access_token=${token}`), { sub: 'alice' }, {}, everywhere],
  ['a token in the field beside a form', posting('a=1', `Bearer ${token}`), { sub: 'alice' }, {}, everywhere],
]

/** What a browser sends before it sends the request. */
export const preflight: SentRequest & Required<Pick<SentRequest, 'fields'>> = {
  method: 'OPTIONS',
  fields: [
    ['Origin', 'https://app.example.com'],
    ['Access-Control-Request-Method', 'GET'],
    ['Access-Control-Request-Headers', 'authorization'],
  ],
}

/** A refusal with everything in it. */
export const fullRefusal = new Refusal({
  reason: 'nonce',
  status: 401,
  headers: {
    'www-authenticate': 'DPoP realm="orders", error="use_dpop_nonce"',
    'cache-control': 'no-store',
    'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce',
    'dpop-nonce': 'n-0S6_WzA2Mj',
    'content-type': 'application/json',
  },
  body: '{"error":"use_dpop_nonce"}',
})
