/** Answers to resource servers that follow the revocation feed: the keys that can end a token, and where it was read. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import {
  createIntrospectionHandler,
  createJwtResolver,
  createMemoryTokenStore,
  digestToken,
  type ProtectedResource,
  STATUS_ONLY,
  type TokenRecord,
  tombstoneDigests,
} from '../../src/index.ts'
import type { RevocationLog } from '../../src/stores/revocation-log.ts'
import {
  ACTIVE,
  type Changes,
  createEndpoint,
  expectNothingSecret,
  INACTIVE,
  ISSUER,
  json,
  NOW,
  post,
  PROTECTED_RESOURCES,
  RECORD,
  send,
  storeOf,
  token,
} from '../endpoint.ts'
import { createFakeRevocationLog, FIRST_POSITION } from '../fake-revocation-log.ts'
import { JWT_TYPE, signing, verifyAnswer } from '../signed-answers.ts'
import { forms } from './forms.ts'
import { answerFields, common } from './introspection-cases/expect-answers.ts'
import { active } from './introspection-cases/introspection-case.ts'

const orders = PROTECTED_RESOURCES[0] as ProtectedResource
const followed = { ...active, revocation_position: FIRST_POSITION }

/** An endpoint with a log. */
async function createFollowedEndpoint(changes: Changes = {}) {
  const log = createFakeRevocationLog()
  return { log, ...(await createEndpoint({ revocations: log, ...changes })) }
}

/** The keys of a token, as docs/revocation-feed.md §4 says. */
async function keysOf({ keyOf }: RevocationLog, text: string, record: TokenRecord): Promise<string[]> {
  return await Promise.all([
    ...(await tombstoneDigests(await digestToken(text), record)).map((digest) => keyOf('token', digest)),
    ...(record.grantId === undefined ? [] : [keyOf('grant', record.grantId)]),
    ...(record.sessionId === undefined ? [] : [keyOf('session', record.sessionId)]),
    keyOf('subject', 'alice'),
    keyOf('client', 'web'),
  ])
}

describe.each(forms)('a follower, $name', ({ send: ask }) => {
  test('gets the keys of every event that can end the token, and the position of its question', async () => {
    const { handler, log, events } = await createFollowedEndpoint()
    const response = await ask(handler, post(followed))
    const revocation_keys = await keysOf(log, token('active'), RECORD)
    expect(json(response)).toEqual({ ...ACTIVE, revocation_keys, read_at: FIRST_POSITION })
    expect(answerFields(response)).toEqual(common)
    expectNothingSecret(response, events)
  })

  test('gets the same octets again', async () => {
    const { handler } = await createFollowedEndpoint()
    const first = await ask(handler, post(followed))
    expect((await ask(handler, post(followed))).body).toBe(first.body)
  })

  test('gets no read_at for a position that the log does not have', async () => {
    const { handler, log } = await createFollowedEndpoint()
    const response = await ask(handler, post({ ...active, revocation_position: '7.other' }))
    expect(json(response)).toEqual({ ...ACTIVE, revocation_keys: await keysOf(log, token('active'), RECORD) })
  })

  test.each(['expired', 'revoked', 'foreign', 'refresh'] as const)(
    'gets the usual octets for a token that is inactive: %s',
    async (name) => {
      const { handler } = await createFollowedEndpoint()
      const response = await ask(handler, post({ ...followed, token: token(name) }))
      expect(response.body).toBe(INACTIVE)
    },
  )
})

test('the keys of a token include those of its grant and its session', async () => {
  const record = { ...RECORD, grantId: 'grant-1', sessionId: 'session-1' }
  const { handler, log } = await createFollowedEndpoint({ lookup: { store: storeOf(record) } })
  const { revocation_keys } = json(await send(handler, post(followed)))
  expect(revocation_keys).toEqual(await keysOf(log, token('active'), record))
  expect(revocation_keys).toHaveLength(5)
})

test.each([null, '', undefined])('an identifier that is %j has no key', async (absent) => {
  const record = { ...RECORD, grantId: absent, sessionId: absent, sub: absent }
  const { handler } = await createFollowedEndpoint({ lookup: { store: storeOf(record) } })
  expect(json(await send(handler, post(followed)))['revocation_keys']).toHaveLength(2)
})

describe('a JWT', () => {
  test('has the key of its signed part, which an event under another signature has too', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] }
    const jwt = await new SignJWT({
      iss: ISSUER,
      aud: 'https://orders.example.com',
      sub: 'alice',
      client_id: 'web',
      jti: 'jwt-1',
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
      .setIssuedAt(NOW)
      .setExpirationTime(NOW + 60)
      .sign(privateKey)
    const log = createFakeRevocationLog()
    const signed = await digestToken(jwt.slice(0, jwt.lastIndexOf('.')))
    const lookups = [
      { resolvers: [createJwtResolver({ issuer: ISSUER, algorithms: ['ES256'], jwks, isRevoked: () => false })] },
      { store: storeOf({ ...RECORD, iss: ISSUER }) },
    ]
    for (const lookup of lookups) {
      const { handler } = await createEndpoint({ lookup, revocations: log })
      const { revocation_keys } = json(await send(handler, post({ ...followed, token: jwt })))
      expect(revocation_keys).toEqual(
        expect.arrayContaining([
          await log.keyOf('token', await digestToken(jwt)),
          await log.keyOf('token', signed),
          await log.keyOf('subject', 'alice'),
          await log.keyOf('client', 'web'),
        ]),
      )
    }
  })
})

describe('a view', () => {
  test.each<[string, ProtectedResource['view'], object]>([
    ['only the status', STATUS_ONLY, { active: true }],
    ['a pairwise sub', { subject: () => 'pairwise-7' }, { ...ACTIVE, sub: 'pairwise-7' }],
    ['three members', { members: ['exp'] }, { active: true, exp: ACTIVE.exp }],
    ['no claims', { claims: () => ({ read_at: 'forged' }) }, ACTIVE],
  ])('with %s removes no key', async (_, view, rest) => {
    const { handler, log } = await createFollowedEndpoint({
      clientAuthentication: { protectedResources: [{ ...orders, view }] },
    })
    const expected = { ...rest, revocation_keys: await keysOf(log, token('active'), RECORD), read_at: FIRST_POSITION }
    expect(json(await send(handler, post(followed)))).toEqual(expected)
  })
})

test('a signed answer has the members in token_introspection', async () => {
  const log = createFakeRevocationLog()
  const { handler } = await createEndpoint({ ...signing(), revocations: log })
  const response = await send(handler, post(followed, { accept: JWT_TYPE }))
  const { answer, claims } = await verifyAnswer(response)
  expect(answer).toEqual({
    ...ACTIVE,
    revocation_keys: await keysOf(log, token('active'), RECORD),
    read_at: FIRST_POSITION,
  })
  expect(Object.keys(claims).toSorted()).toEqual(['aud', 'iat', 'iss', 'token_introspection'])
})

describe('claims with the names of the members', () => {
  const store = storeOf({ ...RECORD, claims: { revocation_keys: ['forged'], read_at: '7.other' } })

  test('are no proof for a follower', async () => {
    const { handler, log } = await createFollowedEndpoint({ lookup: { store } })
    const revocation_keys = await keysOf(log, token('active'), RECORD)
    const unproven = json(await send(handler, post({ ...active, revocation_position: '7.other' })))
    expect(unproven).toEqual({ ...ACTIVE, revocation_keys })
    expect((await send(handler, post(followed))).body.match(/read_at/g)).toHaveLength(1)
  })

  test('stay as they are for other callers', async () => {
    const { handler } = await createFollowedEndpoint({ lookup: { store } })
    expect(json(await send(handler, post(active)))).toEqual({
      ...ACTIVE,
      revocation_keys: ['forged'],
      read_at: '7.other',
    })
  })
})

describe('a caller that does not follow', () => {
  test.each<[string, string | Record<string, string>]>([
    ['no position', active],
    ['an empty position', { ...active, revocation_position: '' }],
    ['a malformed position', { ...active, revocation_position: 'a b' }],
    ['a position that is too long', { ...active, revocation_position: 'a'.repeat(65) }],
    ['two positions', `token=${token('active')}&revocation_position=0.first&revocation_position=0.first`],
  ])('gets the octets of a handler without a log: %s', async (_, body) => {
    const { handler: plain } = await createEndpoint()
    const { handler, log } = await createFollowedEndpoint()
    const has = vi.spyOn(log, 'has')
    const response = await send(handler, post(body))
    expect(response).toEqual(await send(plain, post(active)))
    expect(has).not.toHaveBeenCalled()
  })

  test('gets its answer also after a follower asked about the same token', async () => {
    const { handler } = await createFollowedEndpoint()
    const before = await send(handler, post(active))
    await send(handler, post(followed))
    expect(await send(handler, post(active))).toEqual(before)
  })

  test('is not changed by the parameter if the handler has no log', async () => {
    const { handler } = await createEndpoint()
    expect(await send(handler, post(followed))).toEqual(await send(handler, post(active)))
  })
})

describe('the position', () => {
  test('is looked for before the lookup begins', async () => {
    const order: string[] = []
    const log = createFakeRevocationLog()
    const held = Promise.withResolvers<void>()
    log.before = async () => {
      order.push('has')
      await held.promise
      order.push('had')
    }
    const store = { find: () => (order.push('find'), RECORD) }
    const { handler } = await createEndpoint({ lookup: { store }, revocations: log })
    const answering = send(handler, post(followed))
    await expect.poll(() => order).toEqual(['has'])
    held.resolve()
    expect(json(await answering)).toMatchObject({ read_at: FIRST_POSITION })
    expect(order).toEqual(['has', 'had', 'find'])
  })

  test('is not looked for without credentials', async () => {
    const { handler, log } = await createFollowedEndpoint()
    const has = vi.spyOn(log, 'has')
    expect((await send(handler, post(followed, { authorization: undefined }))).status).toBe(401)
    expect(has).not.toHaveBeenCalled()
  })

  test('costs one question for requests that come together', async () => {
    const { handler, log } = await createFollowedEndpoint()
    await send(handler, post(active))
    const has = vi.spyOn(log, 'has')
    const held = Promise.withResolvers<void>()
    log.before = () => held.promise
    const answering = [1, 2, 3].map(() => send(handler, post(followed)))
    await expect.poll(() => has.mock.calls.length).toBe(1)
    setImmediate(held.resolve)
    for (const answer of await Promise.all(answering)) expect(json(answer)).toHaveProperty('read_at', FIRST_POSITION)
    expect(has).toHaveBeenCalledTimes(1)
  })
})

describe('a log that fails', () => {
  const unproven = { ...ACTIVE, revocation_keys: expect.any(Array) as string[] }

  test.each<[string, RevocationLog['has']]>([
    [
      'throws',
      () => {
        throw new Error(token('active'))
      },
    ],
    ['rejects', () => Promise.reject(new Error(token('active')))],
    ['never answers', () => new Promise(() => undefined)],
    ['returns something else', () => 'yes' as never],
  ])('makes the answer unproven when it %s', async (how, has) => {
    const log = { ...createFakeRevocationLog(), has }
    const { handler, events } = await createEndpoint({ revocations: log, timeoutMs: 20 })
    const response = await send(handler, post(followed))
    expect([response.status, json(response)]).toEqual([200, unproven])
    const warnings = events.filter(({ type }) => type === 'warning')
    expect(warnings).toMatchObject(how.startsWith('returns') ? [] : [{ code: 'revocation-log-unavailable' }])
    expectNothingSecret(response, events)
  })

  test('is asked again after a second', async () => {
    let nowMs = NOW * 1000
    const log = createFakeRevocationLog()
    const store = createMemoryTokenStore({ now: () => nowMs })
    await store.save(token('active'), RECORD)
    const handler = createIntrospectionHandler({
      issuer: ISSUER,
      clientAuthentication: { protectedResources: PROTECTED_RESOURCES },
      lookup: { store },
      revocations: log,
      now: () => nowMs,
      onWarning: false,
    })
    const has = vi.spyOn(log, 'has')
    log.before = () => {
      throw new Error('down')
    }
    await send(handler, post(followed))
    log.before = () => undefined
    nowMs += 999
    expect(json(await send(handler, post(followed)))).toEqual(unproven)
    expect(has).toHaveBeenCalledTimes(1)
    nowMs += 1
    expect(json(await send(handler, post(followed)))).toMatchObject({ read_at: FIRST_POSITION })
  })
})

describe('the log', () => {
  test('is that of the store, if the store has one', async () => {
    const log = createFakeRevocationLog()
    const { handler } = await createEndpoint({ lookup: { store: { ...storeOf(RECORD), revocations: log } as never } })
    expect(json(await send(handler, post(followed)))).toMatchObject({ read_at: FIRST_POSITION })
  })

  test('is not given twice', async () => {
    const store = { ...storeOf(RECORD), revocations: createFakeRevocationLog() } as never
    await expect(createEndpoint({ lookup: { store }, revocations: createFakeRevocationLog() })).rejects.toThrow(
      /^revocations: /,
    )
  })
})

test('in-process answers have no members for followers', async () => {
  const { handler } = await createFollowedEndpoint()
  const request = { protectedResource: 'orders-api', parameters: { revocation_position: FIRST_POSITION } }
  expect(await handler.introspect(token('active'), request)).toEqual(ACTIVE)
})
