/** What authorization servers, proxies and attackers answer, and what must come of it: one table for every path. */
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Exchange } from './loopback-server.ts'

/** The clock of everything that runs the table, in seconds. */
export const now = 1_764_000_000
/** Seen by every server of the table, and repeated by many of them; never to be seen in an error, event or answer. */
export const token = 'tok-5ecret-of-the-user'
/** The secret of the resource server. */
export const clientSecret = 'cl1ent-5ecret'
export const issuer = 'https://as.example.com'
export const audience = 'https://api.example.com'
export const scope = 'orders:read'

const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'

/** An answer that passes every check there is. */
export const good = {
  active: true,
  iss: issuer,
  aud: audience,
  scope,
  sub: 'alice',
  client_id: 'web',
  token_type: 'Bearer',
  exp: now + 3600,
  iat: now - 60,
}

/** Where a redirect may point to. */
export interface Elsewhere {
  /** Another origin, whose server would say `active`. */
  readonly elsewhere: string
}

/** One row: what is answered, and what comes of it. */
export interface HostileAnswer {
  readonly title: string
  readonly answer: (exchange: Exchange & Elsewhere) => unknown
  /** What an introspection comes to. */
  readonly outcome: 'active' | 'inactive' | `ERR_${string}`
  /** The same, where `fetch` hides the difference. */
  readonly fetchOutcome?: `ERR_${string}`
  /** What a guard that wants {@link audience} and {@link scope} says: allowed, or the status it answers. */
  readonly guard: 'allowed' | number
  /** The same, where `fetch` hides the difference. */
  readonly fetchGuard?: number
  /** The answer never comes: give it a short deadline. */
  readonly late?: true
}

type Row = readonly [title: string, answer: HostileAnswer['answer'], members?: Partial<HostileAnswer>]

/** Answers with a body, JSON and 200 unless told otherwise. */
function answer(
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string | string[]> } = {},
): HostileAnswer['answer'] {
  return ({ response }) => {
    const octets = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(octets)
  }
}

/** Writes octets to the connection as they are. */
function raw(octets: string, end: 'end' | 'destroy' | 'resetAndDestroy' | 'stay' = 'end'): HostileAnswer['answer'] {
  return ({ socket }) => {
    socket.write(octets, () => {
      if (end !== 'stay') socket[end]()
    })
  }
}

function redirect(status: number, where: (exchange: Exchange & Elsewhere) => string): HostileAnswer['answer'] {
  return (exchange) => {
    const headers = { location: where(exchange), 'content-type': 'application/json' }
    exchange.response.writeHead(status, headers).end(JSON.stringify(good))
  }
}

const elsewhere = ({ elsewhere: origin }: Elsewhere): string => `${origin}/introspect`

/** Calls back at once and then again and again, until the connection is closed. */
function untilClosed({ socket }: Exchange, everyMs: number, act: () => void): void {
  act()
  const timer = setInterval(act, everyMs)
  socket.on('error', () => undefined).once('close', () => clearInterval(timer))
}

/** Writes without end, as fast as it is read. */
function pour({ response, socket }: Exchange, chunk: Buffer): void {
  socket.on('error', () => undefined)
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', write).on('error', () => undefined)
  write()
}

function nest(depth: number): string {
  return `{"active":true,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`
}

const isActive: readonly Row[] = [
  ['everything a server can say', answer(good)],
  ['extension members of any type', answer({ ...good, 'urn:x:roles': { a: [1, null, { b: true }] }, constructor: 1 })],
  ['no exp', answer({ ...good, exp: undefined })],
  ['exp just past, within the leeway', answer({ ...good, exp: now - 4 })],
  ['nbf just ahead, within the leeway', answer({ ...good, nbf: now + 5 })],
  ['iat a little ahead', answer({ ...good, iat: now + 60 })],
  ['the token type in lower case', answer({ ...good, token_type: 'bearer' })],
  ['several audiences', answer({ ...good, aud: ['urn:other', audience] })],
  ['active last', answer(`{"sub":"alice","aud":"${audience}","scope":"${scope}","active":true}`)],
  ['active with an escape in its name', answer(`{"\\u0061ctive":true,"aud":"${audience}","scope":"${scope}"}`)],
  ['the same name in two objects', answer({ ...good, a: { x: 1 }, b: { x: 1 } })],
  ['white space all around', answer(`\r\n\t ${JSON.stringify(good, undefined, 2)}\n\n`)],
  ['a byte order mark', answer(`\ufeff${JSON.stringify(good)}`)],
  ['a charset', answer(good, { headers: { 'content-type': 'application/json;charset=UTF-8' } })],
  ['the media type in capitals', answer(good, { headers: { 'content-type': 'APPLICATION/JSON' } })],
  ['permission to be cached', answer(good, { headers: { 'cache-control': 'public, max-age=3600' } })],
  [
    'an answer in many pieces',
    async ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      for (const octet of Buffer.from(JSON.stringify({ ...good, sub: 'ålice' }))) {
        await new Promise((written) => response.write(Uint8Array.of(octet), written))
      }
      response.end()
    },
  ],
  [
    'early hints before the answer',
    ({ response }) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' })
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good))
    },
  ],
  [
    'an answer that ends with its connection',
    raw(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${JSON.stringify(good)}`),
  ],
]

/** Active, but not enough for the guard. */
const isActiveOnly: readonly Row[] = [
  ['nothing but active', answer({ active: true }), { guard: 401 }],
  ['no audience', answer({ ...good, aud: undefined }), { guard: 401 }],
  ['an audience of nobody', answer({ ...good, aud: [] }), { guard: 401 }],
  ['another audience', answer({ ...good, aud: 'https://other.example.com' }), { guard: 401 }],
  ['an audience that has ours inside', answer({ ...good, aud: `https://evil.example/?${audience}` }), { guard: 401 }],
  ['an audience with a slash at the end', answer({ ...good, aud: `${audience}/` }), { guard: 401 }],
  ['a refresh token by its type', answer({ ...good, token_type: 'refresh_token' }), { guard: 401 }],
  ['a refresh token by its use', answer({ ...good, token_use: 'refresh_token' }), { guard: 401 }],
  ['an ID token by its typ', answer({ ...good, typ: 'ID' }), { guard: 401 }],
  ['a token bound to a DPoP key', answer({ ...good, cnf: { jkt: thumbprint } }), { guard: 401 }],
  ['a token bound to a certificate', answer({ ...good, cnf: { 'x5t#S256': thumbprint } }), { guard: 401 }],
  ['a token bound in a way nobody knows', answer({ ...good, cnf: { 'urn:example': 1 } }), { guard: 401 }],
  ['a DPoP token without its key', answer({ ...good, token_type: 'DPoP' }), { guard: 401 }],
  ['no scope', answer({ ...good, scope: undefined }), { guard: 403 }],
  ['an empty scope', answer({ ...good, scope: '' }), { guard: 403 }],
  ['a scope that ours begins', answer({ ...good, scope: `${scope}:all` }), { guard: 403 }],
  ['the scope in capitals', answer({ ...good, scope: scope.toUpperCase() }), { guard: 403 }],
  ['scopes with commas between', answer({ ...good, scope: `a,${scope}` }), { guard: 403 }],
]

const isInactive: readonly Row[] = [
  ['inactive', answer({ active: false })],
  ['inactive with members', answer({ ...good, active: false })],
  ['inactive with broken members', answer({ active: false, exp: 'soon', aud: 5, scope: [] })],
  ['exp past', answer({ ...good, exp: now - 5 })],
  ['exp long past', answer({ ...good, exp: 1 })],
  ['exp 0', answer({ ...good, exp: 0 })],
  ['nbf ahead', answer({ ...good, nbf: now + 6 })],
  ['a token kind the server does not keep', answer({ error: 'unsupported_token_type' }, { status: 400 })],
]

const isMalformed: readonly Row[] = [
  ...[
    '{"active":"true"}',
    '{"active":"false"}',
    '{"active":1}',
    '{"active":0}',
    '{"active":null}',
    '{"active":[true]}',
    '{"active":{}}',
    '{}',
    '{"Active":true}',
    '{"valid":true}',
    '{"data":{"active":true}}',
    '[{"active":true}]',
    '[]',
    'true',
    'null',
    '"active"',
    '1',
    '',
    ' ',
    '{"active":true',
    '{"active":true}}',
    '{"active":true}{"active":true}',
    "{'active':true}",
    '{"active":True}',
    '{active:true}',
    '/**/{"active":true}',
    'active=true',
    '{"active":false,"active":true}',
    '{"active":true,"active":false}',
    '{"active":true,"active":true}',
    '{"active":false,"\\u0061ctive":true}',
    '{"\\u0061ctive":true,"active":false}',
    `{"active":true,"aud":"${audience}","aud":"https://other.example.com"}`,
    '{"__proto__":{"active":true}}',
    '{"active":true,"__proto__":{"scope":"orders:read"}}',
    '{"constructor":{"prototype":{"active":true}}}',
    '{"active":true,"exp":1e400}',
  ].map((body): Row => [body === '' ? 'nothing' : body, answer(body)]),
  ...[
    { exp: String(now + 3600) },
    { exp: 'soon' },
    { exp: now + 3600.5 },
    { exp: -1 },
    { exp: (now + 3600) * 1000 },
    { exp: 1e20 },
    { exp: null },
    { exp: true },
    { exp: [now + 3600] },
    { nbf: String(now) },
    { nbf: null },
    { nbf: now * 1000 },
    { iat: 'yesterday' },
    { iat: now - 0.5 },
    { aud: 5 },
    { aud: [audience, 5] },
    { aud: { [audience]: true } },
    { aud: null },
    { scope: [scope] },
    { scope: 5 },
    { scope: null },
    { sub: 7 },
    { sub: null },
    { iss: [issuer] },
    { jti: 7 },
    { client_id: { id: 'web' } },
    { username: ['alice'] },
    { token_type: ['Bearer'] },
    { cnf: null },
    { cnf: 'jkt' },
    { cnf: { jkt: 'short' } },
    { cnf: { jkt: thumbprint, 'x5t#S256': 5 } },
    { act: 'admin' },
    { authorization_details: { type: 'x' } },
    { permissions: 'all' },
  ].map(
    (members): Row => [JSON.stringify(members), answer({ ...good, ...members, username: members.username ?? token })],
  ),
  ['a web page', answer(`<h1>Log in, ${token}</h1>`, { headers: { 'content-type': 'text/html' } })],
  ['a web page that says it is JSON', answer(`<h1>Log in, ${token}</h1>`)],
  ['JSON as text', answer(good, { headers: { 'content-type': 'text/plain' } })],
  ['JSON under a name of its own', answer(good, { headers: { 'content-type': 'application/vnd.example+json' } })],
  ['two media types', answer(good, { headers: { 'content-type': 'application/json, text/html' } })],
  [
    'a signed answer nobody asked for',
    answer('e30.e30.', { headers: { 'content-type': 'application/token-introspection+jwt' } }),
  ],
  ['no media type', ({ response }) => response.writeHead(200).end(JSON.stringify(good))],
  ['octets that are not UTF-8', answer(Buffer.from(JSON.stringify({ ...good, sub: 'ålice' }), 'latin1'))],
  [
    'another charset',
    answer(Buffer.from(JSON.stringify({ ...good, sub: 'ålice' }), 'latin1'), {
      headers: { 'content-type': 'application/json; charset=iso-8859-1' },
    }),
  ],
  ['two octets for each character', answer(Buffer.from(JSON.stringify(good), 'utf16le'))],
  ['gzip', answer(gzipSync(JSON.stringify(good)), { headers: { 'content-encoding': 'gzip' } })],
  ['brotli', answer(brotliCompressSync(JSON.stringify(good)), { headers: { 'content-encoding': 'br' } })],
  [
    'gzip that is none',
    answer(good, { headers: { 'content-encoding': 'gzip' } }),
    { fetchOutcome: 'ERR_TRANSPORT_UNREACHABLE', fetchGuard: 503 },
  ],
  ['a gzip bomb', answer(gzipSync(Buffer.alloc(5_000_000, ' ')), { headers: { 'content-encoding': 'gzip' } })],
  ['a coding nobody knows', answer(good, { headers: { 'content-encoding': 'x-token' } })],
  ['five megabytes', answer(`${JSON.stringify(good)}${' '.repeat(5_000_000)}`)],
  [
    'more octets than the cap, announced',
    answer(`${JSON.stringify(good)}${' '.repeat(65_536)}`, { headers: { 'content-length': '65737' } }),
  ],
  [
    'an answer without end',
    (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'application/json' })
      pour(exchange, Buffer.alloc(16_384, ' '))
    },
  ],
  ['objects nested too deep', answer(nest(40))],
  ['objects nested as deep as they fit', answer(nest(30_000))],
]

const isUntrusted: readonly Row[] = [
  ['iat far ahead', answer({ ...good, iat: now + 301 })],
  ['another issuer', answer({ ...good, iss: 'https://other.example.com' })],
  ['the issuer with a slash at the end', answer({ ...good, iss: `${issuer}/` })],
  ['the token for an issuer', answer({ ...good, iss: token })],
]

const quoting = { error: 'invalid_request', error_description: `bad token ${token}`, secret: clientSecret }

const isStatus: readonly Row[] = [
  ...[201, 202, 203, 204, 205, 206].map((status): Row => [`${status} and active`, answer(good, { status })]),
  ...[301, 302, 303, 307, 308].flatMap((status): Row[] => [
    [`${status} to another origin`, redirect(status, elsewhere)],
    [`${status} to itself`, redirect(status, ({ request }) => request.url)],
  ]),
  ['a redirect to nowhere', answer(good, { status: 302 })],
  ['304', answer('', { status: 304 })],
  ...[400, 404, 405, 406, 410, 415, 418].map((status): Row => [`${status} and active`, answer(good, { status })]),
  ['an error that quotes the token', answer(quoting, { status: 400 })],
  ['an error code that is the token', answer({ error: token }, { status: 400 })],
  ['an unknown hint', answer({ error: 'unsupported_token_type' }, { status: 422 })],
]

const isOutage: readonly Row[] = [
  ...[429, 500, 501, 502, 503, 504, 599].map((status): Row => [`${status} and active`, answer(good, { status })]),
  ['503 and a page', answer(`<h1>${token}</h1>`, { status: 503, headers: { 'content-type': 'text/html' } })],
  ['500 and an error that quotes the token', answer(quoting, { status: 500 })],
]

const isUnauthorized: readonly Row[] = [
  ['401 and active', answer(good, { status: 401 })],
  ['401 and a challenge', answer('', { status: 401, headers: { 'www-authenticate': `Basic realm="${token}"` } })],
  ['403 and active', answer(good, { status: 403 })],
  ['400 for our credentials', answer({ ...quoting, error: 'invalid_client' }, { status: 400 })],
]

const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'

const isUnreachable: readonly Row[] = [
  ['a connection closed without a word', ({ socket }) => socket.destroy()],
  ['a connection reset without a word', ({ socket }) => socket.resetAndDestroy()],
  ['a connection closed in the status line', raw('HTTP/1.1 20')],
  ['a connection closed in the fields', raw(json)],
  ['a connection closed before the body', raw(`${json}Content-Length: 15\r\n\r\n`)],
  ['a body cut off', raw(`${json}Content-Length: 200\r\n\r\n{"active":true}`)],
  ['a body cut off by a reset', raw(`${json}Content-Length: 200\r\n\r\n{"active":true}`, 'resetAndDestroy')],
  ['chunks cut off', raw(`${json}Transfer-Encoding: chunked\r\n\r\nf\r\n{"active":true}\r\n`)],
  ['a chunk without a size', raw(`${json}Transfer-Encoding: chunked\r\n\r\n${token}\r\n`, 'stay')],
  ['two lengths', raw(`${json}Content-Length: 15\r\nContent-Length: 200\r\n\r\n{"active":true}`, 'stay')],
  ['no HTTP', raw(`SSH-2.0-${token}\r\n`, 'stay')],
  ['almost HTTP', raw(`HTTZ/1.1 200 ${token}\r\n\r\n${clientSecret}`, 'stay')],
  ['fields without end', raw(`${json}X-Padding: ${token}${'a'.repeat(100_000)}`, 'stay')],
  ['another protocol', raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'stay')],
]

const isLate: readonly Row[] = [
  ['no answer', () => undefined],
  [
    'fields and no body',
    ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(),
  ],
  [
    'one octet now and then',
    (exchange) => {
      const octets = JSON.stringify(good).split('')
      exchange.response.writeHead(200, { 'content-type': 'application/json' })
      untilClosed(exchange, 15, () => exchange.response.write(octets.shift() ?? ' '))
    },
  ],
  ['processing without end', (exchange) => untilClosed(exchange, 15, () => exchange.response.writeProcessing())],
]

/** The table. */
export const hostileAnswers: readonly HostileAnswer[] = [
  ...rows(isActive, { outcome: 'active', guard: 'allowed' }),
  ...rows(isActiveOnly, { outcome: 'active', guard: 401 }),
  ...rows(isInactive, { outcome: 'inactive', guard: 401 }),
  ...rows(isMalformed, { outcome: 'ERR_RESPONSE_MALFORMED', guard: 502 }),
  ...rows(isUntrusted, { outcome: 'ERR_RESPONSE_UNTRUSTED', guard: 502 }),
  ...rows(isStatus, { outcome: 'ERR_TRANSPORT_STATUS', guard: 502 }),
  ...rows(isOutage, { outcome: 'ERR_TRANSPORT_STATUS', guard: 503 }),
  ...rows(isUnauthorized, { outcome: 'ERR_TRANSPORT_UNAUTHORIZED', guard: 500 }),
  ...rows(isUnreachable, { outcome: 'ERR_TRANSPORT_UNREACHABLE', guard: 503 }),
  ...rows(isLate, { outcome: 'ERR_TRANSPORT_TIMEOUT', guard: 503, late: true }),
]

function rows(list: readonly Row[], members: Pick<HostileAnswer, 'outcome' | 'guard' | 'late'>): HostileAnswer[] {
  return list.map(([title, respond, own]) => ({ title, answer: respond, ...members, ...own }))
}
