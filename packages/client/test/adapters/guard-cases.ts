/** Requests that every adapter must refuse with the same response, or let pass. All frameworks share this table. */
import {
  type Fetch,
  type GuardOptions,
  type OptionalGuardOptions,
  Refusal,
  type TokenOptions,
} from '@token-introspection/client'

export const audience = 'https://orders.example.com'
export const realm = 'orders'
export const scope = 'orders:read'
export const now = 1_764_000_000
/** Valid members for every case, unless the case changes them. */
export const token = 'mF_9.B5f-4.1JqM'
export const good = { active: true, sub: 'alice', aud: audience, scope, exp: now + 60, iss: 'https://as.example.com' }

/** One request as it is sent. Repeated fields are sent as they are listed. */
export interface SentRequest {
  readonly method?: string
  /** The text after the path. */
  readonly query?: string
  readonly fields?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** The options of the guard, and the answer of the authorization server. */
export interface Situation {
  readonly guard?: GuardOptions | OptionalGuardOptions
  /** The option group `token`. */
  readonly token?: TokenOptions
  /** Members in addition to the valid ones. */
  readonly members?: Readonly<Record<string, unknown>>
  /** A whole answer in place of one made of members. */
  readonly reply?: Fetch
}

/** The expected response, except for the parts that every refusal has. */
export interface ExpectedRefusal {
  readonly status: number
  readonly challenge?: string
  /** The error code in the body. Without it the body is empty. */
  readonly error?: string
  readonly retryAfter?: string
  /** Whether the authorization server gets a request. */
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
const foreign: ExpectedRefusal = { ...denied, asked: false }
const unavailable: ExpectedRefusal = { status: 503, error: 'temporarily_unavailable', asked: true }
const serverError = (status: number): ExpectedRefusal => ({ status, error: 'server_error', asked: true })

const everywhere: Situation = { token: { sources: ['header', 'form', 'query'] } }

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

const withoutToken: readonly RefusedCase[] = [
  ['no token', {}, absent],
  ['no token with HEAD', { method: 'HEAD' }, absent],
  ['no token with DELETE', { method: 'DELETE' }, absent],
  ['another scheme', presenting('Basic Zm9vOmJhcg=='), absent],
  ['a scheme that begins like Bearer', presenting(`BearerX ${token}`), absent],
  ['DPoP when the guard does not accept it', presenting(`DPoP ${token}`), absent],
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
  ['OPTIONS without preflight fields', { method: 'OPTIONS' }, absent],
  ['OPTIONS with only Origin', { method: 'OPTIONS', fields: [['Origin', 'https://a.example']] }, absent],
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
    'a POST with the fields of a preflight',
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
    'a POST with X-HTTP-Method-Override and the fields of a preflight',
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
  ['two Authorization fields', presenting(`Bearer ${token}`, 'Bearer def'), malformed],
  ['one Authorization field twice', presenting(`Bearer ${token}`, `Bearer ${token}`), malformed],
  ['a token before other credentials', presenting(`Bearer ${token}`, 'Basic Zm9vOmJhcg=='), malformed],
  ['a token after other credentials', presenting('Basic Zm9vOmJhcg==', `Bearer ${token}`), malformed],
  ['two Authorization fields joined into one', presenting(`Bearer ${token}, Bearer def`), malformed],
  ['two schemes joined into one field', presenting(`Basic Zm9vOmJhcg==, Bearer ${token}`), malformed],
]

/** Cases with sources that the options have to turn on. Frameworks with a form parser before the guard see forms. */
const twice: readonly RefusedCase[] = [
  ['a token in field and query', { ...bearer, query: `?access_token=${token}` }, malformed, everywhere],
  ['two tokens in the query', { query: `?access_token=${token}&access_token=b` }, malformed, everywhere],
  ['an empty token in the query', { query: '?access_token=' }, malformed, everywhere],
]

/** Cases with a token in a field of a gateway, or in a cookie. */
const inOtherPlaces: readonly RefusedCase[] = [
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
  ['a token that is not valid yet', bearer, invalid, { members: { nbf: now + 600 } }],
  ['another audience', bearer, invalid, { members: { aud: 'https://other.example.com' } }],
  ['an audience that begins like the expected one', bearer, invalid, { members: { aud: `${audience}.evil.example` } }],
  ['no audience', bearer, invalid, { members: { aud: undefined } }],
  ['a refresh token', bearer, invalid, { members: { token_use: 'refresh_token' } }],
  ['an ID token', bearer, invalid, { members: { typ: 'ID' } }],
  ['a token of an unknown type', bearer, invalid, { guard: { audience: false }, members: { token_type: 'mac' } }],
  ['a device secret of Okta', bearer, invalid, { guard: { audience: false }, members: { token_type: DEVICE_SECRET } }],
  ['a kind that is not a string', bearer, invalid, { members: { token_use: ['access_token', 'refresh_token'] } }],
  [
    'no kind when the guard requires one',
    bearer,
    invalid,
    { guard: { tokenKind: { member: 'token_use', oneOf: ['access_token'] } } },
  ],
  ['another issuer than the guard accepts', bearer, invalid, { guard: { issuer: 'https://other.example.com' } }],
  ['a DPoP-bound token as a bearer token', bearer, invalid, { members: { cnf, token_type: 'DPoP' } }],
  ['a token of the type DPoP that is not bound', bearer, invalid, { members: { token_type: 'DPoP' } }],
  ['a certificate-bound token without its certificate', bearer, invalid, { members: { cnf: { 'x5t#S256': cnf.jkt } } }],
  ['a token bound in an unknown way', bearer, invalid, { members: { cnf: { kid: 'a' } } }],
  [
    'an inactive token in the query',
    { query: `?access_token=${token}` },
    invalid,
    { ...everywhere, members: { active: false } },
  ],
  ['too little scope', bearer, insufficient, { members: { scope: 'orders:write' } }],
  ['no scope', bearer, insufficient, { members: { scope: undefined } }],
  ['a scope that begins like the required one', bearer, insufficient, { members: { scope: `${scope}s` } }],
  ['a scope in other case', bearer, insufficient, { members: { scope: scope.toUpperCase() } }],
  [
    'a scope that the predicate refuses',
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
  ['a token without acr', bearer, stepUp('acr_values="mfa pin"'), { guard: { acrValues: ['mfa', 'pin'] } }],
  [
    'a login that is too old',
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
  ['a login without auth_time', bearer, stepUp('max_age="60"'), { guard: { maxAuthenticationAgeSeconds: 60 } }],
  ['a check that returns false', bearer, denied, { guard: { check: () => false } }],
  ['a check that returns another value than true', bearer, denied, { guard: { check: () => 'yes' as never } }],
  [
    'no token when the guard has a metadata URL',
    {},
    {
      ...absent,
      challenge: `Bearer realm="${realm}", scope="${scope}", resource_metadata="https://orders.example.com/m"`,
    },
    { guard: { resourceMetadata: 'https://orders.example.com/m' } },
  ],
  [
    'no token when the realm has quotes',
    {},
    { ...absent, challenge: String.raw`Bearer realm="a \"b\", error=\\"` },
    { guard: { realm: String.raw`a "b", error=` + '\\' } },
  ],
  [
    'an inactive token when the token is optional',
    bearer,
    invalid,
    { guard: { optional: true }, members: { active: false } },
  ],
  ['broken credentials when the token is optional', presenting('Bearer a b'), malformed, { guard: { optional: true } }],
]

const json = (status: number, headers: Record<string, string> = {}): Situation => ({
  reply: () =>
    Promise.resolve(
      Response.json(
        { active: false, error: 'an error description with internal words of the server' },
        { status, headers },
      ),
    ),
})

/** Failures that are not the fault of the token. No response may call the token invalid. */
const outages: readonly RefusedCase[] = [
  ['an authorization server that is down', bearer, unavailable, json(503)],
  [
    'a server that answers 503 with Retry-After',
    bearer,
    { ...unavailable, retryAfter: '17' },
    json(503, { 'retry-after': '17' }),
  ],
  ['a server that limits requests', bearer, { ...unavailable, retryAfter: '5' }, json(429, { 'retry-after': '5' })],
  [
    'a server that cannot be reached',
    bearer,
    unavailable,
    { reply: () => Promise.reject(new TypeError('fetch failed')) },
  ],
  ['a server that never answers', bearer, unavailable, { reply: hanging }],
  [
    'a server that is down, when the token is optional',
    bearer,
    unavailable,
    { ...json(503), guard: { optional: true } },
  ],
  ["a server that refuses the client's credentials", bearer, serverError(500), json(401)],
  [
    'an answer that is not JSON',
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

/** Until the signal aborts. */
function hanging(_: string | URL, init: { readonly signal?: AbortSignal | null | undefined }): Promise<Response> {
  return new Promise((_resolve, reject) => {
    init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
  })
}

export const refused: readonly RefusedCase[] = [
  ...withoutToken,
  ...broken,
  ...twice,
  ...inOtherPlaces,
  ...judged,
  ...outages,
]

/** Requests that pass, with the token that the handler sees and the fields of the response. */
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

const IS_PRIVATE = { 'cache-control': 'private' } as const

/** Requests that pass with a token in a field of a gateway, or in a cookie. */
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

export const allowedInForms: readonly AllowedCase[] = [
  ['a token in the form', posting(`a=1&access_token=${token}`), { sub: 'alice' }, {}, everywhere],
  ['a token in the field, and a form', posting('a=1', `Bearer ${token}`), { sub: 'alice' }, {}, everywhere],
]

/** The preflight that a browser sends before a request. */
export const preflight: SentRequest & Required<Pick<SentRequest, 'fields'>> = {
  method: 'OPTIONS',
  fields: [
    ['Origin', 'https://app.example.com'],
    ['Access-Control-Request-Method', 'GET'],
    ['Access-Control-Request-Headers', 'authorization'],
  ],
}

/** A refusal with every header. */
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
