/** The events of the handlers in a log: nothing of the token or the secret, and nothing that a caller chose freely. */
import { describe, expect, test } from 'vitest'
import { expectNoForgery, FORGED, LOGGERS, sink } from '../../../core/test/loggers.ts'
import {
  createIntrospectionHandler,
  type EventLogger,
  type IntrospectionHandlerEvent,
  type IntrospectionHandlerOptions,
  logEvents,
  LookupStoreError,
  RequestInvalidError,
  type RevocationFeedEvent,
  type RevocationHandlerEvent,
} from '../../src/index.ts'
import { basic, ISSUER, NOW, post, PROTECTED_RESOURCES, RECORD, SECRET, send, storeOf, token } from '../endpoint.ts'

const HOSTILE = `${FORGED} ${token('active')} ${SECRET}`

function failing(): never {
  throw new Error(HOSTILE)
}

type Asked = [
  what: string,
  options: Partial<IntrospectionHandlerOptions>,
  request: Parameters<typeof send>[1],
  event: string,
]

const good = post({ token: token('active') })

const ASKED: readonly Asked[] = [
  ['an answer', {}, good, 'introspected'],
  ['an unknown caller', {}, post({ token: token('active') }, { authorization: basic(HOSTILE, SECRET) }), 'refused'],
  ['a wrong secret', {}, post({ token: token('active') }, { authorization: basic('orders-api', HOSTILE) }), 'refused'],
  ['a store that is down', { lookup: { store: { find: failing } } }, good, 'refused'],
  ['a policy that fails', { authorization: { allow: failing } }, good, 'refused'],
  ['a view with a wrong member', { authorization: { allow: () => ({ members: [HOSTILE] }) } }, good, 'introspected'],
]

describe.each(LOGGERS)('%s', (name, create) => {
  test.each(ASKED)('logs %s without token, secret and control characters', async (_, options, request, event) => {
    const { stream, text } = sink()
    const handler = createIntrospectionHandler({
      issuer: ISSUER,
      clientAuthentication: { protectedResources: PROTECTED_RESOURCES },
      lookup: { store: storeOf(RECORD) },
      now: () => NOW * 1000,
      onEvent: logEvents(create(stream), { level: 'debug' }),
      ...options,
    })
    await send(handler, request)
    await expect.poll(text).toContain(event)
    const written = text()
    expect(written).not.toContain(token('active'))
    expect(written).not.toContain(SECRET)
    expectNoForgery(name, written)
  })
})

type HandlerEvent = IntrospectionHandlerEvent | RevocationHandlerEvent | RevocationFeedEvent

const answered = { type: 'introspected', protectedResource: 'orders-api', fingerprint: 'x', durationMs: 1 } as const

const LEVELS: readonly [level: string, message: string, event: HandlerEvent][] = [
  ['debug', 'answered active to "orders-api"', { ...answered, active: true, reason: undefined, resolver: 'store' }],
  [
    'debug',
    'answered inactive (expired) to "orders-api"',
    { ...answered, active: false, reason: 'expired', resolver: 'store' },
  ],
  [
    'info',
    'answered 400: no token [ERR_REQUEST_INVALID]',
    { type: 'refused', error: new RequestInvalidError('no token'), status: 400, durationMs: 1 },
  ],
  [
    'error',
    'answered 503: down [ERR_LOOKUP_STORE]',
    { type: 'refused', error: new LookupStoreError('down'), status: 503, durationMs: 1 },
  ],
  [
    'error',
    'answered 500, because of an unexpected error [ERR_UNEXPECTED]',
    { type: 'unexpected', error: new Error(SECRET), status: 500, durationMs: 1 },
  ],
  ['warn', 'look at it', { type: 'warning', code: 'invalid-answer', message: 'look at it' }],
  ['debug', 'revoked for client "web": token', { type: 'revoked', client: 'web', ended: 'token', durationMs: 1 }],
  [
    'debug',
    'answered a wait of "orders-api" about the feed: 3 events',
    {
      type: 'followed',
      protectedResource: 'orders-api',
      form: 'wait',
      events: 3,
      gap: false,
      ended: undefined,
      durationMs: 1,
    },
  ],
  [
    'debug',
    'the Basic credentials of "orders-api" were read as latin1',
    { type: 'basic-read', caller: 'orders-api', encoding: 'latin1' },
  ],
]

test.each(LEVELS)('%s: %s', (level, message, event) => {
  const written: unknown[][] = []
  const logger: EventLogger = { log: (...given: unknown[]) => void written.push(given) }
  logEvents(logger, { shape: 'winston' })(event)
  expect(written).toEqual([[level, message, expect.objectContaining({ event: event.type })]])
  expect(JSON.stringify(written)).not.toContain(SECRET)
})
