/** The warnings that an operator without onEvent gets. */
import { Readable } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  createIntrospectionHandler,
  createRevocationHandler,
  type IntrospectionHandlerOptions,
  type TokenStore,
  type Warning,
} from '../../src/index.ts'
import { askForJwt } from '../signed-answers.ts'
import { CLIENTS, revocable, revoke } from '../revocation-endpoint.ts'
import {
  basic,
  FORM,
  ISSUER,
  post,
  PROTECTED_RESOURCES,
  RECORD,
  SECRET,
  send,
  storeOf,
  TOKENS,
  token,
} from '../endpoint.ts'

afterEach(() => void vi.restoreAllMocks())

function failing(): never {
  throw new Error(`down: "${token('active')}" ${token('active')}`)
}

const STORE_DOWN: TokenStore = { find: failing }

function createHandler(options: Partial<IntrospectionHandlerOptions> = {}) {
  const clock = { ms: 1_764_000_000_000 }
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: { protectedResources: PROTECTED_RESOURCES },
    lookup: { store: storeOf(RECORD) },
    now: () => clock.ms,
    ...options,
  })
  return { handler, clock }
}

async function ask(
  handler: ReturnType<typeof createHandler>['handler'],
  times = 20,
  request = post({ token: token('active') }),
) {
  let status = 0
  for (let count = 0; count < times; count++) ({ status } = await send(handler, request))
  return status
}

const found = (entry: object) => ({
  clientAuthentication: { findProtectedResource: () => ({ ...PROTECTED_RESOURCES[0], ...entry }) as never },
})

function webRequest(body: Readable | string): Request {
  return new Request(`${ISSUER}/introspect`, {
    method: 'POST',
    headers: { 'content-type': FORM, authorization: basic('orders-api', SECRET) },
    body: typeof body === 'string' ? body : (Readable.toWeb(body) as ReadableStream),
    duplex: 'half',
  })
}

const FAULTS: readonly [what: string, options: Partial<IntrospectionHandlerOptions>, status: number, code: string][] = [
  ['a store that is down', { lookup: { store: STORE_DOWN } }, 503, 'ERR_LOOKUP_STORE'],
  ['a limiter that is down', { limits: { limiter: { consume: failing } } }, 503, 'ERR_LIMITS_LIMITER'],
  [
    'a registry that is down',
    { clientAuthentication: { findProtectedResource: failing } },
    503,
    'ERR_CLIENT_AUTHENTICATION_REGISTRY',
  ],
  ['a registration that is wrong', found({ audiences: 5 }), 500, 'ERR_CLIENT_AUTHENTICATION_REGISTRATION'],
  ['a registration without credentials', found({ clientSecrets: [] }), 401, 'invalid-registration'],
  ['a policy that throws', { authorization: { allow: failing } }, 500, 'ERR_AUTHORIZATION_POLICY'],
  [
    'a policy with a misspelt view',
    { authorization: { allow: () => ({ membrs: [] }) as never } },
    200,
    'invalid-answer',
  ],
  [
    'a record that JSON cannot represent',
    { lookup: { store: storeOf({ ...RECORD, scope: 5 }) } },
    500,
    'ERR_RESPONSE_SHAPE',
  ],
]

describe('a handler without onEvent', () => {
  test.each(FAULTS)('warns at most once a minute about %s', async (_, options, status, code) => {
    const told: Warning[] = []
    const { handler, clock } = createHandler({ ...options, onWarning: (warning) => told.push(warning) })
    expect(await ask(handler)).toBe(status)
    expect(told).toMatchObject([{ code, endpoint: ISSUER }])
    clock.ms += 60_000
    await ask(handler)
    expect(told).toHaveLength(2)
    const secrets = [SECRET, ...Object.values(TOKENS).map(([value]) => value)]
    for (const secret of secrets) expect(JSON.stringify(told)).not.toContain(secret)
  })

  test('warns about a key that fails to sign', async () => {
    const told: Warning[] = []
    const keys = [{ alg: 'ES256', kid: 'kms', sign: () => Promise.reject(new Error('KMS')) }] as const
    const { handler } = createHandler({
      response: { jwt: { keys, defaultSigningAlg: 'ES256' } },
      onWarning: (warning) => told.push(warning),
    })
    expect(await ask(handler, 3, askForJwt())).toBe(500)
    expect(told).toMatchObject([{ code: 'ERR_RESPONSE_SIGNING' }])
  })

  test('warns about doubtful options when it is created', () => {
    const told: Warning[] = []
    createHandler({
      clientAuthentication: { protectedResources: [{ id: 'urn:orders', clientSecrets: [SECRET] }] },
      onWarning: (warning) => told.push(warning),
    })
    expect(told).toMatchObject([{ code: 'colon-in-identifier' }])
  })

  test('does not quote an unexpected error', async () => {
    const told: Warning[] = []
    const { handler } = createHandler({ onWarning: (warning) => told.push(warning) })
    const request = {
      method: 'POST',
      url: `${ISSUER}/introspect`,
      header: (name: string) => (name === 'content-type' ? FORM : undefined),
      body: () => failing(),
      remoteAddress: () => undefined,
      signal: () => new AbortController().signal,
      peerCertificate: () => undefined,
    }
    expect((await handler.handle(request as never)).status).toBe(500)
    expect(told).toMatchObject([{ code: 'ERR_UNEXPECTED' }])
    expect(JSON.stringify(told)).not.toContain(token('active'))
  })

  test('warns neither about faults of callers nor about good answers', async () => {
    const told: Warning[] = []
    const { handler } = createHandler({ onWarning: (warning) => told.push(warning) })
    const statuses = [
      await ask(handler, 1),
      await ask(handler, 3, post({ token: 'x' }, { authorization: undefined })),
      await ask(handler, 3, post({ token: 'x' }, { authorization: 'Basic eDp5' })),
      await ask(handler, 3, post({})),
      await ask(handler, 3, post('{}', { 'content-type': 'application/json' })),
      await ask(handler, 3, post({ token: 'x'.repeat(40_000) })),
    ]
    expect(statuses).toEqual([200, 401, 401, 400, 415, 413])
    expect(told).toEqual([])
  })

  test('distinguishes a sender who disconnects from a body that was already read', async () => {
    const told: Warning[] = []
    const { handler } = createHandler({ onWarning: (warning) => told.push(warning) })
    const leaving = new Readable({
      read() {
        this.destroy(new Error('reset'))
      },
    })
    expect((await handler(webRequest(leaving))).status).toBe(500)
    expect(told).toEqual([])
    const request = webRequest('token=a')
    await request.text()
    expect((await handler(request)).status).toBe(500)
    expect(told).toMatchObject([{ code: 'ERR_REQUEST_BODY_UNAVAILABLE' }])
  })

  test('for revocation warns as well, with or without an issuer', async () => {
    const told: Warning[] = []
    const store = { find: failing, revoke: failing, revokeGrant: failing }
    for (const issuer of [ISSUER, undefined]) {
      const handler = createRevocationHandler({
        issuer,
        clientAuthentication: { clients: CLIENTS },
        lookup: { store },
        onWarning: (warning) => told.push(warning),
      })
      for (let count = 0; count < 3; count++) await send(handler, revoke({ token: revocable('access') }))
    }
    expect(told).toMatchObject([
      { code: 'ERR_LOOKUP_STORE', endpoint: ISSUER },
      { code: 'ERR_LOOKUP_STORE', endpoint: undefined },
    ])
  })
})

test('warnings go to process.emitWarning without onEvent and onWarning', async () => {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const lookup = { store: STORE_DOWN }
  await ask(createHandler({ lookup, onWarning: false }).handler)
  await ask(createHandler({ lookup, onEvent: () => undefined }).handler)
  expect(emitWarning).not.toHaveBeenCalled()
  await ask(createHandler({ lookup }).handler)
  expect(emitWarning.mock.calls).toMatchObject([
    [expect.stringContaining(ISSUER), { type: 'TokenIntrospectionWarning', code: 'ERR_LOOKUP_STORE' }],
  ])
})

test('with onEvent and onWarning both are called', async () => {
  const events: string[] = []
  const told: Warning[] = []
  const { handler } = createHandler({
    ...found({ clientSecrets: [] }),
    onEvent: (event) => void events.push(event.type),
    onWarning: (warning) => told.push(warning),
  })
  expect(await ask(handler, 2)).toBe(401)
  expect(events).toEqual(['warning', 'refused', 'refused'])
  expect(told).toMatchObject([{ code: 'invalid-registration' }])
})

test('an error that onWarning throws changes no answer', async () => {
  const { handler } = createHandler({ lookup: { store: STORE_DOWN }, onWarning: failing })
  expect(await ask(handler)).toBe(503)
})

test.each([true, 'x', {}])('onWarning: %j is refused', (onWarning) => {
  expect(() => createHandler({ onWarning: onWarning as never })).toThrow(/^onWarning/)
})
