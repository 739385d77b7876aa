/** The whole path of JWT access tokens: introspected, revoked in a store that does not hold them, and then inactive. */
import { DatabaseSync } from 'node:sqlite'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSqliteTokenStore } from '../../src/stores/sqlite/index.ts'
import {
  createIntrospectionHandler,
  createJwtResolver,
  createMemoryTokenStore,
  createRevocationHandler,
  createStoreResolver,
  digestToken,
  type RevocationHandlerEvent,
  type RevocationOptions,
  type WritableTokenStore,
} from '../../src/index.ts'
import { basic, INACTIVE, ISSUER, json, NOW, post, PROTECTED_RESOURCES, send } from '../endpoint.ts'
import { APP_SECRET, CLIENTS, revoke } from '../revocation-endpoint.ts'

const CLAIMS = {
  iss: ISSUER,
  sub: 'alice',
  aud: 'https://orders.example.com',
  client_id: 'web',
  jti: 'jwt-1',
  iat: NOW - 60,
  exp: NOW + 3600,
  scope: 'orders:read',
  email: 'alice@example.com',
  sid: 'session-1',
  grant: 'grant-1',
}

const issuer = await generateKeyPair('ES256')
const stranger = await generateKeyPair('ES256')
const jwks = { keys: [{ ...(await exportJWK(issuer.publicKey)), kid: 'key-1', alg: 'ES256', use: 'sig' }] }

/** A JWT access token as the authorization server issues it, with changes. */
function issue(claims: JWTPayload = {}, key = issuer.privateKey): Promise<string> {
  return new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'key-1', typ: 'at+jwt' })
    .sign(key)
}

/** The same JWT with another valid signature: for ECDSA both `(r, s)` and `(r, n − s)` are valid. */
function flip(jwt: string): string {
  const end = jwt.lastIndexOf('.')
  const signature = Buffer.from(jwt.slice(end + 1), 'base64url')
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const s = order - BigInt(`0x${signature.subarray(32).toString('hex')}`)
  const other = Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
  return `${jwt.slice(0, end)}.${other.toString('base64url')}`
}

/** The same signature with a spare bit of its last character set. */
function respell(jwt: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return jwt.slice(0, -1) + alphabet[alphabet.indexOf(jwt.at(-1) ?? '') ^ 1]
}

/** Every store that needs no server, with its clock and the number of tokens it keeps. */
const STORES: readonly [string, (now: () => number) => { store: WritableTokenStore; count: () => unknown }][] = [
  [
    'memory',
    (now) => {
      const store = createMemoryTokenStore({ now })
      return { store, count: () => store.size }
    },
  ],
  [
    'SQLite',
    (now) => {
      const database = new DatabaseSync(':memory:')
      onTestFinished(() => database.close())
      const store = createSqliteTokenStore({ database, now })
      const counting = database.prepare('SELECT count(*) AS count FROM introspection_tokens')
      return { store, count: () => counting.get()?.['count'] }
    },
  ],
]

describe.each(STORES)('JWT access tokens with the %s store', (_, createStore) => {
  /** An authorization server that keeps opaque tokens in the store, and JWTs nowhere. */
  function create(options: RevocationOptions = {}) {
    const clock = { seconds: NOW }
    const now = (): number => clock.seconds * 1000
    const { store, count } = createStore(now)
    const events: RevocationHandlerEvent[] = []
    const jwt = createJwtResolver({
      issuer: ISSUER,
      jwks,
      grantIdClaim: 'grant',
      isRevoked: (record, { digest }) => store.isRevoked(digest, record),
    })
    const revocation = createRevocationHandler({
      clientAuthentication: { clients: CLIENTS },
      lookup: { store, resolvers: [jwt] },
      revocation: options,
      now,
      onEvent: (event) => void events.push(event),
    })
    const common = {
      issuer: ISSUER,
      clientAuthentication: { protectedResources: PROTECTED_RESOURCES },
      now,
    }
    const introspection = createIntrospectionHandler({
      ...common,
      lookup: { resolvers: [createStoreResolver({ store }), jwt] },
    })
    // Another process may introspect the token and try the JWT resolver first.
    const jwtFirst = createIntrospectionHandler({
      ...common,
      lookup: { resolvers: [jwt, createStoreResolver({ store })] },
    })
    const areActive = (...tokens: string[]): Promise<boolean[]> =>
      Promise.all(
        tokens.map(async (token) => {
          const answers = [await send(introspection, post({ token })), await send(jwtFirst, post({ token }))]
          expect(answers.map(({ status }) => status)).toEqual([200, 200])
          const [first, second] = answers.map((answer) => json(answer)['active'])
          expect(second).toBe(first)
          return first === true
        }),
      )
    return { clock, store, count, events, revocation, introspection, areActive }
  }

  test('are inactive from the answer to their revocation on, and others stay active (REV-01, SEC-03)', async () => {
    const { revocation, introspection, areActive, events } = create()
    const [token, other] = [await issue(), await issue({ jti: 'jwt-2' })]
    expect(json(await send(introspection, post({ token })))).toMatchObject({ active: true, sub: 'alice', jti: 'jwt-1' })
    expect(await areActive(token, other)).toEqual([true, true])
    const answer = await send(revocation, revoke({ token }))
    expect([answer.status, answer.body]).toEqual([200, ''])
    expect((await send(introspection, post({ token }))).body).toBe(INACTIVE)
    expect(await areActive(token, other)).toEqual([false, true])
    // A second revocation is no error.
    expect((await send(revocation, revoke({ token }))).status).toBe(200)
    expect(events).toMatchObject([{ ended: 'token' }, { ended: 'nothing' }])
  })

  test('stay inactive with every other valid signature, whichever JWT was revoked', async () => {
    const { store, revocation, areActive } = create()
    const token = await issue()
    expect(await areActive(token, flip(token))).toEqual([true, true])
    await send(revocation, revoke({ token }))
    expect(await areActive(token, flip(token), respell(token), `${token}=`)).toEqual([false, false, false, false])
    const next = await issue({ jti: 'jwt-2' })
    await send(revocation, revoke({ token: flip(next) }))
    expect(await areActive(next, flip(next))).toEqual([false, false])
    const { iat, exp, sub, aud, client_id } = CLAIMS
    await store.save(next, { kind: 'access_token', iat, exp, sub, aud, client_id })
    expect(await areActive(next, flip(next))).toEqual([false, false])
  })

  test('have one spelling: a good signature in another spelling makes an unknown token', async () => {
    const { areActive } = create()
    const token = await issue()
    expect(await areActive(token, respell(token), `${token}=`, token.replace(/.$/, ' '))).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  test('stay revoked without a jti, or when another key signs the same claims', async () => {
    const { store } = create()
    const token = await issue()
    const record = { kind: 'access_token', iat: CLAIMS.iat, exp: CLAIMS.exp } as const
    await store.revoke(token, record)
    const signedDigest = await digestToken(token.slice(0, token.lastIndexOf('.')))
    expect(await store.isRevoked(await digestToken(flip(token)), { ...record, signedDigest })).toBe(true)
  })

  test.each(['access_token', 'refresh_token', 'urn:example:jwt'])(
    'are revoked with the hint %s',
    async (token_type_hint) => {
      const { revocation, areActive } = create()
      const token = await issue()
      await send(revocation, revoke({ token, token_type_hint }))
      expect(await areActive(token)).toEqual([false])
    },
  )

  test('stay inactive until they expire, and then the store forgets them', async () => {
    const { clock, store, revocation, areActive, count } = create()
    const token = await issue()
    await send(revocation, revoke({ token }))
    clock.seconds = CLAIMS.exp - 1
    for (let index = 0; index < 2000; index++) await store.save(`opaque-${index}`, { kind: 'access_token', exp: NOW })
    expect(await areActive(token)).toEqual([false])
    clock.seconds = CLAIMS.exp + 300
    for (let index = 0; index < 2000; index++) await store.save(`more-${index}`, { kind: 'access_token', exp: NOW })
    expect(await store.find(await digestToken(token))).toBeNull()
    expect(await areActive(token)).toEqual([false])
    expect(count()).toBeLessThan(2001)
  })

  test('leave no personal data in the store', async () => {
    const { store, revocation } = create()
    const token = await issue()
    await send(revocation, revoke({ token }))
    expect(await store.find(await digestToken(token))).toEqual({
      kind: 'access_token',
      iat: CLAIMS.iat,
      exp: CLAIMS.exp,
      revoked: true,
    })
  })

  test.each<[string, (store: WritableTokenStore) => Promise<unknown>, JWTPayload]>([
    ['user', (store) => store.revokeSubject('alice'), { sub: 'bob' }],
    ['session', (store) => store.revokeSession('session-1'), { sid: 'session-2' }],
    ['client', (store) => store.revokeClient('web'), { client_id: 'app' }],
    ['grant', (store) => store.revokeGrant('grant-1'), { grant: 'grant-2' }],
  ])(
    'are inactive when their %s is revoked, and those of another one stay active (SEC-06)',
    async (__, end, another) => {
      const { store, areActive, count } = create()
      const [token, other] = [await issue(), await issue(another)]
      expect(await areActive(token, other)).toEqual([true, true])
      await end(store)
      expect(await areActive(token, other)).toEqual([false, true])
      expect(count()).toBe(0)
    },
  )

  test.each<[string, (store: WritableTokenStore) => Promise<unknown>, boolean]>([
    ['a user', (store) => store.revokeSubject('alice'), true],
    ['a client', (store) => store.revokeClient('web'), true],
    ['a session', (store) => store.revokeSession('session-1'), false],
    ['a grant', (store) => store.revokeGrant('grant-1'), false],
  ])('issued a second after the revocation of %s are active: %s %s', async (__, end, active) => {
    const { store, clock, areActive } = create()
    await end(store)
    clock.seconds = NOW + 1
    expect(await areActive(await issue({ iat: NOW }), await issue({ iat: NOW + 1 }))).toEqual([false, active])
  })

  test('stay revoked with their user until they expire, whenever the store sweeps (SEC-03)', async () => {
    const { store, clock, areActive } = create()
    await store.revokeSubject('alice')
    const token = await issue({ iat: NOW })
    clock.seconds = CLAIMS.exp - 1
    for (let index = 0; index < 2000; index++) await store.save(`opaque-${index}`, { kind: 'access_token', exp: NOW })
    expect(await areActive(token)).toEqual([false])
  })

  test('end with the refresh token of their grant, which the store holds (REV-02)', async () => {
    const { store, revocation, areActive } = create()
    const [token, other] = [await issue(), await issue({ grant: 'grant-2' })]
    await store.save('refresh', { kind: 'refresh_token', client_id: 'web', grantId: 'grant-1', exp: NOW + 90_000 })
    await send(revocation, revoke({ token: 'refresh' }))
    expect(await areActive(token, other)).toEqual([false, true])
    expect(await areActive(await issue({ iat: NOW + 1, jti: 'late' }))).toEqual([false])
  })

  test('end their grant with the option accessTokenEndsGrant', async () => {
    const { revocation, areActive, count } = create({ accessTokenEndsGrant: true })
    const [token, sibling] = [await issue(), await issue({ jti: 'jwt-2' })]
    await send(revocation, revoke({ token }))
    expect(await areActive(token, sibling)).toEqual([false, false])
    expect(count()).toBe(0)
  })

  test('are inactive when the store holds and revoked them, although the resolver can verify them', async () => {
    const { store, revocation, areActive } = create()
    const token = await issue()
    const { iat, exp, sub, aud, client_id } = CLAIMS
    await store.save(token, { kind: 'access_token', iat, exp, sub, aud, client_id })
    expect(await areActive(token)).toEqual([true])
    await send(revocation, revoke({ token }))
    expect(await areActive(token)).toEqual([false])
  })

  test('are inactive when the store holds them and they were revoked with another signature (REV-01, SEC-03)', async () => {
    const { store, revocation, areActive, events } = create()
    const [token, other] = [await issue(), await issue({ jti: 'jwt-2' })]
    const { iat, exp, sub, aud, client_id } = CLAIMS
    for (const jwt of [token, other]) await store.save(jwt, { kind: 'access_token', iat, exp, sub, aud, client_id })
    expect(await areActive(token, other)).toEqual([true, true])
    expect((await send(revocation, revoke({ token: flip(token) }))).status).toBe(200)
    expect(await areActive(token, flip(token), other)).toEqual([false, false, true])
    await send(revocation, revoke({ token }))
    expect(events).toMatchObject([{ ended: 'token' }, { ended: 'nothing' }])
  })

  test('of another client are refused, and stay active', async () => {
    const { revocation, areActive, count } = create()
    const token = await issue()
    const answer = await send(revocation, revoke({ token }, { authorization: basic('app', APP_SECRET) }))
    expect([answer.status, json(answer)['error']]).toEqual([400, 'unauthorized_client'])
    expect(await areActive(token)).toEqual([true])
    expect(count()).toBe(0)
  })

  test.each<[string, () => Promise<string>]>([
    ['signed by a stranger', () => issue({}, stranger.privateKey)],
    ['of another issuer', () => issue({ iss: 'https://mallory.example.com' })],
    ['with a damaged signature', async () => (await issue()).replace(/.{4}$/, 'AAAA')],
    ['without a signature', async () => (await issue()).replace(/[^.]+$/, '')],
    ['that expired', () => issue({ exp: NOW })],
    ['that is not a JWT', async () => 'eyJhbGciOiJub25lIn0'],
  ])('%s add nothing to the store, so that nobody can fill it', async (__, token) => {
    const { revocation, count, events } = create()
    const answer = await send(revocation, revoke({ token: await token() }))
    expect([answer.status, answer.body]).toEqual([200, ''])
    expect(events).toMatchObject([{ ended: 'nothing' }])
    expect(count()).toBe(0)
  })

  test.each<[string, Partial<WritableTokenStore>]>([
    ['whether one was revoked', { isRevoked: () => Promise.reject(new Error('down')) }],
    ['what it was told', { revoke: () => Promise.reject(new Error('down')) }],
  ])('are neither revoked nor inactive while the store cannot tell %s: 503', async (__, broken) => {
    const whole = create()
    const store = { ...whole.store, ...broken }
    const jwt = createJwtResolver({
      issuer: ISSUER,
      jwks,
      isRevoked: (record, { digest }) => store.isRevoked(digest, record),
    })
    const revocation = createRevocationHandler({
      clientAuthentication: { clients: CLIENTS },
      lookup: { store, resolvers: [jwt] },
      now: () => NOW * 1000,
    })
    const token = await issue()
    expect((await send(revocation, revoke({ token }))).status).toBe(503)
    expect(await whole.areActive(token)).toEqual([true])
    if (broken.isRevoked === undefined) return
    const introspection = createIntrospectionHandler({
      issuer: ISSUER,
      clientAuthentication: { protectedResources: PROTECTED_RESOURCES },
      lookup: { resolvers: [jwt] },
    })
    expect((await send(introspection, post({ token }))).status).toBe(503)
  })
})
