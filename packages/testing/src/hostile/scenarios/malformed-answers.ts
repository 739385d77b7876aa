/** Scenarios of response bodies that are not valid introspection responses. */
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { answer, goodBut, JSON_HEAD, pour, raw } from '../answers.ts'
import { goodAnswer, type HostileExchange } from '../hostile-exchange.ts'
import { type HostileScenario, type ScenarioRow, scenarios } from '../hostile-scenario.ts'

const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'

const active: readonly (readonly [name: string, body: string])[] = [
  ['active-string-true', '{"active":"true"}'],
  ['active-string-false', '{"active":"false"}'],
  ['active-one', '{"active":1}'],
  ['active-zero', '{"active":0}'],
  ['active-null', '{"active":null}'],
  ['active-array', '{"active":[true]}'],
  ['active-object', '{"active":{}}'],
  ['active-missing', '{}'],
  ['active-capital', '{"Active":true}'],
  ['active-valid', '{"valid":true}'],
  ['active-wrapped', '{"data":{"active":true}}'],
]

const noObject: readonly (readonly [name: string, body: string])[] = [
  ['body-array', '[{"active":true}]'],
  ['body-array-empty', '[]'],
  ['body-true', 'true'],
  ['body-null', 'null'],
  ['body-string', '"active"'],
  ['body-number', '1'],
  ['body-empty', ''],
  ['body-space', ' '],
  ['json-unfinished', '{"active":true'],
  ['json-brace-more', '{"active":true}}'],
  ['json-twice', '{"active":true}{"active":true}'],
  ['json-single-quotes', "{'active':true}"],
  ['json-python', '{"active":True}'],
  ['json-unquoted', '{active:true}'],
  ['json-comment', '/**/{"active":true}'],
  ['json-form', 'active=true'],
]

const ambiguous: readonly (readonly [name: string, body: string])[] = [
  ['twice-true-last', '{"active":false,"active":true}'],
  ['twice-false-last', '{"active":true,"active":false}'],
  ['twice-true', '{"active":true,"active":true}'],
  ['twice-escaped-last', '{"active":false,"\\u0061ctive":true}'],
  ['twice-escaped-first', '{"\\u0061ctive":true,"active":false}'],
  ['prototype-active', '{"__proto__":{"active":true}}'],
  ['prototype-scope', '{"active":true,"__proto__":{"scope":"orders:read"}}'],
  ['prototype-constructor', '{"constructor":{"prototype":{"active":true}}}'],
  ['exp-infinite', '{"active":true,"exp":1e400}'],
]

/** Members with a value of the wrong type. */
const types: readonly (readonly [name: string, members: (exchange: HostileExchange) => object])[] = [
  ['exp-string', ({ now }) => ({ exp: String(now + 3600) })],
  ['exp-word', () => ({ exp: 'soon' })],
  ['exp-negative', () => ({ exp: -1 })],
  ['exp-ms', ({ now }) => ({ exp: (now + 3600) * 1000 })],
  ['exp-huge', () => ({ exp: 1e20 })],
  ['exp-null', () => ({ exp: null })],
  ['exp-true', () => ({ exp: true })],
  ['exp-array', ({ now }) => ({ exp: [now + 3600] })],
  ['nbf-string', ({ now }) => ({ nbf: String(now) })],
  ['nbf-null', () => ({ nbf: null })],
  ['nbf-ms', ({ now }) => ({ nbf: now * 1000 })],
  ['iat-word', () => ({ iat: 'yesterday' })],
  ['aud-number', () => ({ aud: 5 })],
  ['aud-mixed', ({ audience }) => ({ aud: [audience, 5] })],
  ['aud-object', ({ audience }) => ({ aud: { [audience]: true } })],
  ['aud-null', () => ({ aud: null })],
  ['scope-array', ({ scope }) => ({ scope: [scope] })],
  ['scope-number', () => ({ scope: 5 })],
  ['sub-number', () => ({ sub: 7 })],
  ['iss-array', ({ issuer }) => ({ iss: [issuer] })],
  ['jti-number', () => ({ jti: 7 })],
  ['client-id-object', () => ({ client_id: { id: 'web' } })],
  ['token-type-array', () => ({ token_type: ['Bearer'] })],
  ['cnf-null', () => ({ cnf: null })],
  ['cnf-string', () => ({ cnf: 'jkt' })],
  ['cnf-short', () => ({ cnf: { jkt: 'short' } })],
  ['cnf-number', () => ({ cnf: { jkt: THUMBPRINT, 'x5t#S256': 5 } })],
  ['act-string', () => ({ act: 'admin' })],
]

/** JSON objects that begin with the given fragment, as written, and go on with the members of a good answer. */
function objects(list: readonly (readonly [name: string, fragment: string])[]): ScenarioRow[] {
  return list.map(([name, fragment]) => [
    name,
    fragment,
    answer((exchange) => fragment.slice(0, -1) + rest(fragment, exchange)),
  ])
}

/** The members of a good answer that the fragment lacks, and the end of the object. */
function rest(fragment: string, exchange: HostileExchange): string {
  const members = Object.entries(goodAnswer(exchange)).filter(
    ([name]) => name !== 'active' && !fragment.includes(`"${name}":`),
  )
  return `${fragment === '{}' ? '' : ','}${JSON.stringify(Object.fromEntries(members)).slice(1)}`
}

function bodies(list: readonly (readonly [name: string, body: string])[]): ScenarioRow[] {
  return list.map(([name, body]) => [
    name,
    body.trim() === '' ? `nothing (${body.length} octets)` : body,
    answer(() => body),
  ])
}

/** Fixed values for titles, whose members would otherwise depend on the clock and on the names of the run. */
const SHOWN = { now: 1_764_000_000, audience: 'urn:us', scope: 'orders:read', issuer: 'urn:as' } as HostileExchange

const latin1 = (exchange: HostileExchange): Buffer =>
  Buffer.from(JSON.stringify({ ...goodAnswer(exchange), sub: 'ålice' }), 'latin1')

const padded = (exchange: HostileExchange, octets: number): string =>
  `${JSON.stringify(goodAnswer(exchange))}${' '.repeat(octets)}`

const nested = (depth: number) => (exchange: HostileExchange) => {
  const fragment = `{"active":true,"x":${'['.repeat(depth)}${']'.repeat(depth)}`
  return fragment + rest(fragment, exchange)
}

const media = (type: string) => ({ headers: { 'content-type': type } })
const coded = (coding: string) => ({ headers: { 'content-encoding': coding } })

/** A client must not use any of these as an answer, even where it can read some members. */
export const malformedAnswers: readonly HostileScenario[] = [
  ...scenarios(
    { expected: 'malformed', why: '`active` is required and is a boolean.', clause: 'RFC 7662 §2.2' },
    objects(active),
  ),
  ...scenarios(
    { expected: 'malformed', why: 'The body is one JSON object.', clause: 'RFC 7662 §2.2' },
    bodies(noObject),
  ),
  ...scenarios({ expected: 'malformed', why: 'Two JSON parsers would read different values.', clause: 'RFC 8259 §4' }, [
    ...objects(ambiguous),
    [
      'twice-aud',
      'two audiences under one name',
      answer(({ audience }) => `{"active":true,"aud":"${audience}","aud":"https://other.example.com"}`),
    ],
  ]),
  ...scenarios(
    {
      expected: 'malformed',
      why: 'Nobody can rely on a registered member of the wrong type.',
      clause: 'RFC 7662 §2.2',
    },
    types.map(
      ([name, members]): ScenarioRow => [
        name,
        JSON.stringify(members(SHOWN)),
        goodBut((exchange) => ({ username: exchange.token, ...members(exchange) })),
      ],
    ),
  ),
  ...scenarios({ expected: 'malformed', why: 'The media type does not say JSON.', clause: 'RFC 7662 §2.2' }, [
    ['html', 'a web page', answer(({ token }) => `<h1>Log in, ${token}</h1>`, media('text/html'))],
    ['html-as-json', 'a web page that says it is JSON', answer(({ token }) => `<h1>Log in, ${token}</h1>`)],
    ['type-text', 'JSON as text', goodBut({}, media('text/plain'))],
    ['type-vendor', 'JSON under a media type of its own', goodBut({}, media('application/vnd.example+json'))],
    ['type-two', 'two media types', goodBut({}, media('application/json, text/html'))],
    [
      'type-jwt',
      'a signed answer without a request for one',
      answer(() => 'e30.e30.', media('application/token-introspection+jwt')),
      { clause: 'RFC 9701 §4' },
    ],
    [
      'type-none',
      'no media type',
      (exchange) => exchange.response.writeHead(200).end(JSON.stringify(goodAnswer(exchange))),
    ],
  ]),
  ...scenarios({ expected: 'malformed', why: 'JSON is UTF-8.', clause: 'RFC 8259 §8.1' }, [
    ['charset-broken', 'octets that are not UTF-8', answer(latin1)],
    ['charset-other', 'another charset', answer(latin1, media('application/json; charset=iso-8859-1'))],
    [
      'charset-utf16',
      'two octets for each character',
      answer((exchange) => Buffer.from(JSON.stringify(goodAnswer(exchange)), 'utf16le')),
    ],
  ]),
  ...scenarios(
    { expected: 'malformed', why: 'The client did not offer to decode anything.', clause: 'RFC 9110 §12.5.3' },
    [
      ['coding-gzip', 'gzip', answer((exchange) => gzipSync(JSON.stringify(goodAnswer(exchange))), coded('gzip'))],
      [
        'coding-brotli',
        'brotli',
        answer((exchange) => brotliCompressSync(JSON.stringify(goodAnswer(exchange))), coded('br')),
      ],
      ['coding-none', 'a body that is called gzip and is not', goodBut({}, coded('gzip'))],
      [
        'coding-bomb',
        'five megabytes compressed to five kilobytes',
        answer((exchange) => gzipSync(padded(exchange, 5_000_000)), coded('gzip')),
      ],
      ['coding-unknown', 'an unknown coding', goodBut({}, coded('x-token'))],
    ],
  ),
  ...scenarios({ expected: 'malformed', why: 'No real answer is that large.' }, [
    ['size-5mb', 'five megabytes', answer((exchange) => padded(exchange, 5_000_000))],
    ['size-1mb-string', 'a string of a megabyte', goodBut(() => ({ sub: 'a'.repeat(1_048_576) }))],
    [
      'size-announced',
      'an announced length that is too large',
      (exchange) => {
        const octets = padded(exchange, 65_536)
        const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(octets)) }
        exchange.response.writeHead(200, headers).end(octets)
      },
    ],
    [
      'size-endless',
      'an answer without end',
      (exchange) => {
        const chunk = ' '.repeat(65_536)
        exchange.socket.write(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n`)
        pour(exchange, `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
      },
    ],
    ['depth-40', 'lists nested too deep', answer(nested(40))],
    ['depth-30000', 'lists nested as deep as they fit', answer(nested(30_000))],
    [
      'length-short',
      'a length that leaves the end of the answer out',
      raw(
        (exchange) =>
          `${JSON_HEAD}Connection: close\r\nContent-Length: 8\r\n\r\n${JSON.stringify(goodAnswer(exchange))}`,
      ),
      { why: 'The octets within the length are not JSON.', clause: 'RFC 9112 §6.3' },
    ],
  ]),
]
