/** The events of a client in a log: nothing of the token or the secret, and nothing that the server chose freely. */
import {
  CacheStoreError,
  clientSecretBasic,
  type EventLogger,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  logEvents,
  TransportUnreachableError,
} from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { expectNoForgery, FORGED, LOGGERS, sink } from '../../../core/test/loggers.ts'

const endpoint = 'https://as.example.com/introspect'
const token = 't0ken-of-alice-7f3a9c'
const secret = 's3cr3t-of-orders-api'
const HOSTILE = `${FORGED}${token} ${secret}`

function createClient(answer: () => Promise<Response>, onEvent: IntrospectionClientOptions['onEvent']) {
  return new IntrospectionClient({
    endpoint: `${endpoint}?key=hunter2`,
    clientAuthentication: clientSecretBasic('orders-api', secret),
    cache: { maxAgeSeconds: 30 },
    audience: 'https://orders.example.com',
    transport: { fetch: answer, retry: false, circuitBreaker: { windowMs: 1 } },
    onEvent,
  })
}

const answers: readonly [what: string, answer: () => Promise<Response>, code: string | undefined][] = [
  ['an active token', async () => Response.json({ active: true, aud: 'https://orders.example.com' }), undefined],
  ['an audience that is hostile', async () => Response.json({ active: true, aud: FORGED }), undefined],
  ['members that are hostile', async () => Response.json({ active: true, exp: HOSTILE }), 'ERR_RESPONSE_MALFORMED'],
  [
    'refused credentials',
    async () => Response.json({ error: 'invalid_client', error_description: HOSTILE }, { status: 401 }),
    'ERR_TRANSPORT_UNAUTHORIZED',
  ],
  ['no answer', () => Promise.reject(new TypeError(HOSTILE)), 'ERR_TRANSPORT_UNREACHABLE'],
  ['a page', async () => new Response(HOSTILE, { headers: { 'content-type': 'text/html' } }), 'ERR_RESPONSE_MALFORMED'],
]

describe.each(LOGGERS)('%s', (name, create) => {
  test.each(answers)('logs %s without token, secret and control characters', async (_, answer, code) => {
    const { stream, text } = sink()
    const client = createClient(answer, logEvents(create(stream), { level: 'debug' }))
    await client.guard({ scope: 'orders:read' })({ headers: new Headers({ authorization: `Bearer ${token}` }) })
    await client.forgetAll()
    await client.close()
    await expect.poll(text).toContain('forgotten')
    const written = text()
    expect(written).toContain('guarded')
    expect(written).toContain('orders-api')
    if (code !== undefined) expect(written).toContain(`[${code}]`)
    expect(written).not.toMatch(/t0ken|7f3a9c|s3cr3t|hunter2/)
    expectNoForgery(name, written)
  })
})

const client = { issuer: undefined, endpoint, clientId: 'orders-api' }
const error = new TransportUnreachableError('no complete answer')
const feed = { type: 'feed_changed', client, endpoint: undefined, error: undefined } as const
const circuit = { type: 'circuit_changed', client, endpoint, tokens: 'known', openMs: 0 } as const
const call = { client, source: 'endpoint', fingerprint: 'x', durationMs: 1 } as const
const answered = { ...call, type: 'introspected', liveness: undefined } as const
const decided = { type: 'guarded', client, fingerprint: 'x', durationMs: 1 } as const
const refused = {
  ...decided,
  allowed: false,
  inactiveReason: undefined,
  error: undefined,
  mismatch: undefined,
} as const

const LEVELS: readonly [level: string, message: string, event: IntrospectionClientEvent][] = [
  [
    'debug',
    'a token is active (endpoint)',
    { ...answered, active: true, inactiveReason: undefined, detail: undefined },
  ],
  [
    'debug',
    'a token is inactive (endpoint): expired: by one minute',
    { ...answered, active: false, inactiveReason: 'expired', detail: 'by one minute' },
  ],
  [
    'debug',
    'a token is inactive (endpoint)',
    { ...answered, active: false, inactiveReason: undefined, detail: undefined },
  ],
  [
    'warn',
    'a token is inactive (unasked): with_scheme',
    { ...answered, source: 'unasked', active: false, inactiveReason: 'with_scheme', detail: undefined },
  ],
  ['error', 'no complete answer [ERR_TRANSPORT_UNREACHABLE]', { ...call, type: 'failed', error }],
  ['debug', 'a guard let a request pass', { ...decided, allowed: true }],
  [
    'info',
    'a guard refused a request with 403: scope: too little',
    { ...refused, reason: 'scope', status: 403, detail: 'too little' },
  ],
  [
    'info',
    'a guard refused a request with 401: expired: by one minute',
    { ...refused, reason: 'token_inactive', inactiveReason: 'expired', status: 401, detail: 'by one minute' },
  ],
  ['debug', 'the answers about a token were forgotten', { type: 'forgotten', client, fingerprint: 'x' }],
  ['debug', 'every answer was forgotten', { type: 'forgotten', client, fingerprint: undefined }],
  ['warn', 'store [ERR_CACHE_STORE]', { type: 'cache_failed', client, error: new CacheStoreError('store') }],
  ['warn', 'no complete answer [ERR_TRANSPORT_UNREACHABLE]', { type: 'metadata_failed', client, error }],
  [
    'error',
    `the circuit of ${endpoint} for known tokens is open: nothing is sent to it for 500 ms, because requests failed one after the other`,
    { ...circuit, state: 'open', openMs: 500 },
  ],
  [
    'info',
    `the circuit of ${endpoint} for known tokens is half_open: one request is tried`,
    { ...circuit, state: 'half_open' },
  ],
  ['info', `the circuit of ${endpoint} for known tokens is closed: requests go on`, { ...circuit, state: 'closed' }],
  ['warn', 'check it', { type: 'jwt_unusable', client, reason: 'issuer', message: 'check it' }],
  ['warn', 'check it', { type: 'answer_unusable', client, reason: 'expired', message: 'check it' }],
  ['warn', 'check it', { type: 'audience_differs', client, message: 'check it' }],
  ['warn', 'check it', { type: 'clock_differs', client, differenceSeconds: 60, evidence: 'date', message: 'check it' }],
  [
    'warn',
    'a JWT was used that the authorization server calls inactive (jwt.sampleRate)',
    { type: 'jwt_sample_inactive', client, fingerprint: 'x' },
  ],
  [
    'warn',
    'left out of an answer, because of an unexpected form: sub, scope',
    { type: 'members_unreadable', client, members: ['sub', 'scope'] },
  ],
  ['error', 'no complete answer [ERR_TRANSPORT_UNREACHABLE]', { ...feed, change: 'failed', error }],
  [
    'info',
    'the feed of revocations at https://as.example.com/feed: it works again',
    { ...feed, change: 'following', endpoint: 'https://as.example.com/feed' },
  ],
  ['info', 'the feed of revocations: events come as they happen', { ...feed, change: 'listening' }],
  ['warn', 'the feed of revocations: its log does not have the position', { ...feed, change: 'gap' }],
  ['warn', 'the feed of revocations: more was revoked than jwt.maxRevokedKeys allows', { ...feed, change: 'full' }],
  ['warn', 'the feed of revocations: no introspection answer confirms', { ...feed, change: 'unconfirmed' }],
]

test.each(LEVELS)('%s: %s', (level, message, event) => {
  const written: unknown[][] = []
  const logger: EventLogger = { log: (...given: unknown[]) => void written.push(given) }
  logEvents(logger, { shape: 'winston' })(event)
  expect(written).toEqual([[level, expect.stringContaining(message), expect.objectContaining({ event: event.type })]])
  expect(written[0]?.[2]).not.toHaveProperty('message')
  expect(written[0]?.[2]).not.toHaveProperty('type')
})
