import { describe, expect, test } from 'vitest'
import { createMemoryTokenStore } from '../stores/memory/memory-token-store.ts'
import { digestToken } from '../stores/token-store.ts'
import { createTokenIssuer, type TokenGrant, type TokenIssuerOptions } from './index.ts'

const NOW = 1_764_000_000
const KEY = 'k'.repeat(43)
const CERTIFICATE = 'c'.repeat(43)
const GRANT = {
  client_id: 'web',
  sub: 'alice',
  aud: ['urn:orders', 'urn:mail'],
  scope: 'read write',
  expiresInSeconds: 300,
  refreshToken: { expiresInSeconds: 86_400 },
} satisfies TokenGrant

/** An issuer over a store in memory, and its clock in seconds. */
function create(options: Partial<TokenIssuerOptions> = {}) {
  const clock = { seconds: NOW }
  const now = () => clock.seconds * 1000
  const store = createMemoryTokenStore({ now })
  const issuer = createTokenIssuer({ store, now, ...options })
  const find = async (token: string) => store.find(await digestToken(token))
  const issue = async (grant: TokenGrant = GRANT) => {
    const { response, ...issued } = await issuer.issue(grant)
    return { ...issued, response, refreshToken: response.refresh_token ?? '' }
  }
  const refresh = (refresh_token: string, members: object = {}) =>
    issuer.refresh({ refresh_token, client_id: 'web', expiresInSeconds: 300, ...members })
  return { clock, store, issuer, find, issue, refresh }
}

describe('issue', () => {
  test('saves a token with 256 random bits, and gives its record and the response', async () => {
    const lengths: number[] = []
    const randomBytes = (length: number) => (lengths.push(length), new Uint8Array(length).fill(255))
    const { issue, find } = create({ randomBytes, accessTokenPrefix: 'acme_at_' })
    const { refreshToken: _, ...grant } = { ...GRANT, sessionId: 'session-1', claims: { tenant: 'acme' } }
    const issued = await issue(grant)
    const { expiresInSeconds: __, ...members } = grant
    const record = { kind: 'access_token', ...members, iat: NOW, exp: NOW + 300 }
    const token = `acme_at_${'_'.repeat(42)}8`
    expect(issued).toMatchObject({ token, record, refresh: undefined })
    expect(issued.response).toEqual({ access_token: token, token_type: 'Bearer', expires_in: 300, scope: 'read write' })
    expect(lengths).toEqual([32])
    expect(await find(token)).toEqual(record)
  })

  test('issues a refresh token of the same grant, which gets a random identifier if it has none', async () => {
    const { issue, find } = create({ refreshTokenPrefix: 'acme_rt_' })
    const first = await issue()
    expect(first.refreshToken).toMatch(/^acme_rt_[\w-]{43}$/)
    const record = await find(first.refreshToken)
    expect(record).toMatchObject({ kind: 'refresh_token', client_id: 'web', scope: 'read write', exp: NOW + 86_400 })
    expect(record).toEqual(first.refresh?.record)
    expect(record?.grantId).toMatch(/^[\w-]{43}$/)
    expect(first.record.grantId).toBe(record?.grantId)
    expect((await issue()).record.grantId).not.toBe(record?.grantId)
    expect((await issue({ ...GRANT, grantId: 'grant-1' })).refresh?.record.grantId).toBe('grant-1')
  })

  test('says DPoP of a token that is bound to a DPoP key, and has no scope in the response without one', async () => {
    const { issue } = create()
    expect((await issue({ ...GRANT, cnf: { jkt: KEY } })).response.token_type).toBe('DPoP')
    expect((await issue({ ...GRANT, cnf: { 'x5t#S256': CERTIFICATE } })).response.token_type).toBe('Bearer')
    expect((await issue({ client_id: 'web', expiresInSeconds: 1 })).response).not.toHaveProperty('scope')
  })

  test('uses a mint of your own', async () => {
    const kinds: string[] = []
    const { issue, find } = create({ mint: (kind) => `mine-${kinds.push(kind)}` })
    expect([(await issue()).token, kinds]).toEqual(['mine-1', ['access_token', 'refresh_token']])
    expect(await find('mine-2')).toMatchObject({ kind: 'refresh_token' })
  })

  test.each<[string, object]>([
    ['client_id', { client_id: '' }],
    ['client_id', { client_id: undefined }],
    ['expiresInSeconds', { expiresInSeconds: 0 }],
    ['expiresInSeconds', { expiresInSeconds: 1.5 }],
    ['expiresInSeconds', { expiresInSeconds: NOW * 1000 }],
    ['expiresInSeconds', { expiresInSeconds: undefined }],
    ['refreshToken', { refreshToken: true }],
    ['refreshToken', { refreshToken: null }],
    ['refreshToken.expiresInSeconds', { refreshToken: {} }],
    ['refreshToken.keyMayChange', { refreshToken: { expiresInSeconds: 60, keyMayChange: 1 } }],
    ['refreshToken.bound', { refreshToken: { expiresInSeconds: 60, bound: true } }],
    ['exp', { exp: NOW }],
    ['iat', { iat: NOW }],
    ['kind', { kind: 'refresh_token' }],
    ['revoked', { revoked: true }],
    ['consumedAt', { consumedAt: NOW }],
    ['repetitions', { repetitions: 1 }],
    ['record.tenant', { tenant: 'acme' }],
    ['record.scope', { scope: 'a  b' }],
    ['record.sub', { sub: 42 }],
    ['record.cnf', { cnf: { jkt: undefined } }],
  ])('refuses a wrong %s in %j, and saves nothing', async (name, members) => {
    const { issuer, store } = create()
    const issued = issuer.issue({ ...GRANT, ...members })
    await expect(issued).rejects.toThrow(TypeError)
    await expect(issued).rejects.toThrow(`${name}: `)
    expect(store.size).toBe(0)
  })

  test.each<[string, object]>([
    ['store', { store: undefined }],
    ['store', { store: { find: () => null } }],
    ['accessTokenPrefix', { accessTokenPrefix: 'a b' }],
    ['refreshTokenPrefix', { refreshTokenPrefix: 'a'.repeat(33) }],
    ['accessTokenPrefix', { mint: () => 'a', accessTokenPrefix: 'at_' }],
    ['randomBytes', { mint: () => 'a', randomBytes: () => new Uint8Array(32) }],
    ['graceSeconds', { graceSeconds: 61 }],
    ['graceSeconds', { graceSeconds: -1 }],
    ['graceRepetitions', { graceSeconds: 10, graceRepetitions: 0 }],
    ['graceRepetitions', { graceSeconds: 10, graceRepetitions: 11 }],
    // It would allow nothing.
    ['graceRepetitions', { graceRepetitions: 1 }],
    ['graceRepetitions', { graceSeconds: 0, graceRepetitions: 1 }],
    ['now', { now: NOW }],
    ['lifetime', { lifetime: 60 }],
  ])('refuses a wrong option %s', (name, options) => {
    expect(() => create(options)).toThrow(TypeError)
    expect(() => create(options)).toThrow(`${name}: `)
  })

  test('refuses a source of randomness that gives too little', async () => {
    const { issuer } = create({ randomBytes: () => new Uint8Array(16) })
    await expect(issuer.issue(GRANT)).rejects.toThrow('randomBytes: ')
  })

  test('refuses refresh tokens over a store that cannot consume, before it saves anything', async () => {
    const store = { ...createMemoryTokenStore(), consume: undefined }
    const { issuer, refresh } = create({ store })
    await expect(issuer.issue(GRANT)).rejects.toThrow('store: must have consume()')
    await expect(refresh('token')).rejects.toThrow('store: must have consume()')
    expect((await issuer.issue({ client_id: 'web', expiresInSeconds: 60 })).token).toHaveLength(43)
  })
})

describe('refresh', () => {
  test('gives new tokens with what was granted, and the lifetime of the old refresh token', async () => {
    const { clock, issue, refresh, find } = create()
    const first = await issue({ ...GRANT, sessionId: 'session-1', claims: { tenant: 'acme' } })
    clock.seconds += 100
    const outcome = await refresh(first.refreshToken)
    if (!outcome.issued) throw new Error(outcome.reason)
    expect(outcome.record).toEqual({ ...first.record, iat: NOW + 100, exp: NOW + 400 })
    expect(outcome.refresh?.record).toEqual({ ...first.refresh?.record, iat: NOW + 100 })
    expect(await find(outcome.token)).toEqual(outcome.record)
    expect(await find(outcome.response.refresh_token ?? '')).toEqual(outcome.refresh?.record)
    expect(outcome.response).toMatchObject({ expires_in: 300, token_type: 'Bearer', scope: 'read write' })
    expect(new Set([first.token, first.refreshToken, outcome.token, outcome.response.refresh_token]).size).toBe(4)
    expect(await refresh(outcome.response.refresh_token ?? '', { refreshExpiresInSeconds: 60 })).toMatchObject({
      refresh: { record: { exp: NOW + 160 } },
    })
  })

  test('narrows scope and audience of the access token, and not of the refresh token', async () => {
    const { issue, refresh } = create()
    const narrow = await refresh((await issue()).refreshToken, { scope: 'write', aud: 'urn:mail' })
    if (!narrow.issued) throw new Error(narrow.reason)
    expect([narrow.record.scope, narrow.record.aud, narrow.response.scope]).toEqual(['write', 'urn:mail', 'write'])
    const whole = await refresh(narrow.response.refresh_token ?? '', { scope: '', aud: [] })
    expect(whole).toMatchObject({ record: { scope: 'read write', aud: ['urn:orders', 'urn:mail'] } })
  })

  test.each([
    ['scope', 'invalid_scope', { scope: 'read admin' }],
    ['scope', 'invalid_scope', { scope: 'read  write' }],
    ['audience', 'invalid_target', { aud: ['urn:orders', 'urn:other'] }],
    ['other-client', 'invalid_grant', { client_id: 'other' }],
    ['other-client', 'invalid_grant', { client_id: '' }],
    ['unknown', 'invalid_grant', { refresh_token: 'unknown' }],
  ])('refuses a request for %s with %s, which uses nothing up', async (reason, error, members) => {
    const { issue, refresh } = create()
    const { refreshToken } = await issue()
    expect(await refresh(refreshToken, members)).toMatchObject({ issued: false, reason, error: { error } })
    expect(await refresh(refreshToken)).toMatchObject({ issued: true })
  })

  test('refuses an access token, a token without a client, and a refresh token without a grant', async () => {
    const { issue, refresh, store } = create()
    expect(await refresh((await issue()).token)).toMatchObject({ reason: 'not-a-refresh-token' })
    await store.save('nobodys', { kind: 'refresh_token', grantId: 'g', exp: NOW + 60 })
    expect(await refresh('nobodys', { client_id: '' })).toMatchObject({ reason: 'other-client' })
    await store.save('grantless', { kind: 'refresh_token', client_id: 'web', exp: NOW + 60 })
    expect(await refresh('grantless')).toMatchObject({ reason: 'no-grant' })
  })

  test('refuses a refresh token that has expired or was revoked, or whose grant has ended', async () => {
    const { clock, issue, refresh, store } = create()
    const [expired, revoked, ended] = [await issue(), await issue(), await issue()]
    await store.revoke(revoked.refreshToken)
    await store.revokeGrant(ended.record.grantId ?? '')
    expect(await refresh(revoked.refreshToken)).toMatchObject({ reason: 'revoked' })
    expect(await refresh(ended.refreshToken)).toMatchObject({ reason: 'revoked' })
    clock.seconds += 86_400
    expect(await refresh(expired.refreshToken)).toMatchObject({ reason: 'expired', error: { error: 'invalid_grant' } })
  })

  test.each([
    ['a DPoP key', { jkt: KEY }],
    ['a certificate', { 'x5t#S256': CERTIFICATE }],
    ['both', { jkt: KEY, 'x5t#S256': CERTIFICATE }],
  ])('needs the same key for a refresh token that is bound to %s', async (_, cnf) => {
    const { issue, refresh } = create()
    const { refreshToken } = await issue({ ...GRANT, cnf })
    const others = Object.fromEntries(Object.keys(cnf).map((name) => [name, 'o'.repeat(43)]))
    for (const wrong of [undefined, {}, others]) {
      expect(await refresh(refreshToken, { cnf: wrong })).toMatchObject({ issued: false, reason: 'other-key' })
    }
    const outcome = await refresh(refreshToken, { cnf })
    expect(outcome).toMatchObject({ issued: true, record: { cnf }, refresh: { record: { cnf } } })
  })

  test('binds the access token to the key of each request when the key may change', async () => {
    const { issue, refresh } = create()
    const refreshToken = { expiresInSeconds: 60, keyMayChange: true }
    const first = await issue({ ...GRANT, cnf: { jkt: KEY }, refreshToken })
    expect([first.record.cnf, first.refresh?.record.cnf]).toEqual([{ jkt: KEY }, undefined])
    const outcome = await refresh(first.refreshToken, { cnf: { jkt: 'n'.repeat(43) } })
    expect(outcome).toMatchObject({ record: { cnf: { jkt: 'n'.repeat(43) } }, response: { token_type: 'DPoP' } })
  })

  test.each([
    ['refresh_token', { refresh_token: undefined }],
    ['client_id', { client_id: undefined }],
    ['expiresInSeconds', { expiresInSeconds: undefined }],
    ['refreshExpiresInSeconds', { refreshExpiresInSeconds: 0 }],
    // Ignored, it would give the whole scope.
    ['scopes', { scopes: 'read' }],
    ['audience', { audience: 'urn:orders' }],
    ['graceSeconds', { graceSeconds: 10 }],
  ])('throws for a wrong %s', async (name, members) => {
    const { refresh } = create()
    await expect(refresh('token', members)).rejects.toThrow(TypeError)
    await expect(refresh('token', members)).rejects.toThrow(`${name}: `)
  })
})

describe('a refresh token that is used again', () => {
  test('ends every token of the grant, and no other grant', async () => {
    const { issue, refresh, find } = create()
    const [first, other] = [await issue(), await issue()]
    const second = await refresh(first.refreshToken)
    if (!second.issued) throw new Error(second.reason)
    expect(await refresh(first.refreshToken)).toMatchObject({
      issued: false,
      reason: 'reused',
      error: { error: 'invalid_grant' },
      record: { sub: 'alice' },
    })
    for (const token of [first.token, second.token, second.response.refresh_token ?? '']) {
      expect((await find(token))?.revoked ?? true).toBe(true)
    }
    expect(await refresh(second.response.refresh_token ?? '')).toMatchObject({ issued: false, reason: 'revoked' })
    expect(await refresh(other.refreshToken)).toMatchObject({ issued: true })
  })

  test('ends the grant also when it asks for too much', async () => {
    const { issue, refresh } = create()
    const { refreshToken } = await issue()
    await refresh(refreshToken)
    expect(await refresh(refreshToken, { scope: 'admin' })).toMatchObject({ reason: 'reused' })
  })

  test.each([
    ['another client', { client_id: 'other' }, 'other-client'],
    ['a thief without the key', { cnf: { jkt: 'o'.repeat(43) } }, 'other-key'],
  ])('ends nothing when it comes from %s', async (_, members, reason) => {
    const { issue, refresh } = create()
    const { refreshToken } = await issue({ ...GRANT, cnf: { jkt: KEY } })
    const second = await refresh(refreshToken, { cnf: { jkt: KEY } })
    expect(await refresh(refreshToken, { cnf: { jkt: KEY }, ...members })).toMatchObject({ reason })
    if (!second.issued) throw new Error(second.reason)
    expect(await refresh(second.response.refresh_token ?? '', { cnf: { jkt: KEY } })).toMatchObject({ issued: true })
  })

  test('at the same time succeeds once, and then ends the grant', async () => {
    const { issue, refresh, find } = create()
    const { refreshToken } = await issue()
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)))
    const issued = outcomes.filter((outcome) => outcome.issued)
    expect(issued).toHaveLength(1)
    expect(new Set(outcomes.filter((each) => !each.issued).map(({ reason }) => reason))).toEqual(new Set(['reused']))
    expect((await find(issued[0]?.token ?? ''))?.revoked).toBe(true)
  })

  test('gets other tokens of the same grant within the grace time, and ends the grant after it', async () => {
    const { clock, issue, refresh } = create({ graceSeconds: 10 })
    const { refreshToken, record } = await issue()
    const [first, atOnce] = await Promise.all([refresh(refreshToken), refresh(refreshToken)])
    clock.seconds += 10
    const late = await refresh(refreshToken)
    for (const outcome of [first, atOnce, late]) {
      expect(outcome).toMatchObject({ issued: true, record: { grantId: record.grantId } })
    }
    clock.seconds += 1
    expect(await refresh(refreshToken)).toMatchObject({ reason: 'reused' })
    if (!late.issued) throw new Error(late.reason)
    expect(await refresh(late.response.refresh_token ?? '')).toMatchObject({ issued: false, reason: 'revoked' })
  })

  test.each([
    ['two', {}, 2],
    ['one', { graceRepetitions: 1 }, 1],
    ['ten', { graceRepetitions: 10 }, 10],
  ])('is repeated %s times within the grace time, and then ends the grant', async (_, options, most) => {
    const { issue, refresh, find } = create({ graceSeconds: 60, ...options })
    const { refreshToken } = await issue()
    const outcomes = []
    for (let use = 0; use < 50; use++) outcomes.push(await refresh(refreshToken))
    const issued = outcomes.filter((outcome) => outcome.issued)
    expect(issued).toHaveLength(1 + most)
    expect(outcomes[1 + most]).toMatchObject({ issued: false, reason: 'reused', error: { error: 'invalid_grant' } })
    for (const { token, response } of issued) {
      expect((await find(token))?.revoked).toBe(true)
      expect(await refresh(response.refresh_token ?? '')).toMatchObject({ issued: false, reason: 'revoked' })
    }
  })

  test('is repeated no more often by requests at once, in any number of processes', async () => {
    const { store, issue, find } = create()
    const { refreshToken } = await issue()
    const issuers = Array.from({ length: 5 }, () => create({ store, graceSeconds: 10, graceRepetitions: 3 }))
    const requests = issuers.flatMap(({ refresh }) => Array.from({ length: 10 }, () => refresh(refreshToken)))
    const issued = (await Promise.all(requests)).filter((outcome) => outcome.issued)
    expect(issued).toHaveLength(4)
    for (const { token } of issued) expect((await find(token))?.revoked).toBe(true)
  })

  test('may be repeated as often after it was refused for what it asked', async () => {
    const { issue, refresh } = create({ graceSeconds: 10, graceRepetitions: 1 })
    const { refreshToken } = await issue()
    await refresh(refreshToken)
    for (let use = 0; use < 5; use++)
      expect(await refresh(refreshToken, { scope: 'admin' })).toMatchObject({ reason: 'scope' })
    expect(await refresh(refreshToken)).toMatchObject({ issued: true })
  })

  test('gives tokens that can be repeated themselves, and know nothing of its repetitions', async () => {
    const { issue, refresh, find } = create({ graceSeconds: 10, graceRepetitions: 1 })
    const { refreshToken } = await issue()
    await refresh(refreshToken)
    const repeated = await refresh(refreshToken)
    if (!repeated.issued) throw new Error(repeated.reason)
    const next = repeated.response.refresh_token ?? ''
    for (const token of [repeated.token, next]) {
      expect(await find(token)).not.toHaveProperty('repetitions')
      expect(await find(token)).not.toHaveProperty('consumedAt')
    }
    expect(await refresh(next)).toMatchObject({ issued: true })
    expect(await refresh(next)).toMatchObject({ issued: true })
    expect(await refresh(next)).toMatchObject({ issued: false, reason: 'reused' })
  })

  test('ends the grant when it is repeated over a store that counts nothing', async () => {
    const { store, ...first } = create()
    const { refreshToken } = await first.issue()
    const counting = { ...store, consume: (digest: string, at: number) => store.consume(digest, at) }
    const { refresh } = create({ store: counting, graceSeconds: 10 })
    expect(await refresh(refreshToken)).toMatchObject({ issued: true })
    expect(await refresh(refreshToken)).toMatchObject({ issued: false, reason: 'reused' })
  })

  test('gets nothing within the grace time when its grant was ended', async () => {
    const { issue, refresh, store } = create({ graceSeconds: 10 })
    const { refreshToken, record } = await issue()
    await refresh(refreshToken)
    await store.revokeGrant(record.grantId ?? '')
    expect(await refresh(refreshToken)).toMatchObject({ issued: false })
  })
})

/** An issuer whose user is revoked right after the lookup of the refresh token, a second later. */
function disturb({ store, clock }: ReturnType<typeof create>) {
  async function find(digest: string) {
    const found = store.find(digest)
    clock.seconds++
    await store.revokeSubject('alice')
    return found
  }
  return createTokenIssuer({ store: { ...store, find }, now: () => clock.seconds * 1000, graceSeconds: 10 })
}

describe('a refresh that is disturbed', () => {
  test('is refused when the user is revoked while it is under way', async () => {
    const created = create()
    const request = { refresh_token: (await created.issue()).refreshToken, client_id: 'web', expiresInSeconds: 300 }
    expect(await disturb(created).refresh(request)).toMatchObject({ issued: false, reason: 'revoked' })
  })

  test('is refused when the user is revoked while it is under way within the grace time', async () => {
    const created = create()
    const { refreshToken } = await created.issue()
    await created.refresh(refreshToken)
    const request = { refresh_token: refreshToken, client_id: 'web', expiresInSeconds: 300 }
    expect(await disturb(created).refresh(request)).toMatchObject({ issued: false, reason: 'revoked' })
  })

  test('leaves the refresh token usable when the new tokens cannot be saved', async () => {
    const { store, issue, refresh } = create()
    const { refreshToken } = await issue()
    const failing = createTokenIssuer({
      store: { ...store, save: () => Promise.reject(new Error('down')) },
      now: () => NOW * 1000,
    })
    const request = { refresh_token: refreshToken, client_id: 'web', expiresInSeconds: 300 }
    await expect(failing.refresh(request)).rejects.toThrow('down')
    expect(await refresh(refreshToken)).toMatchObject({ issued: true })
  })
})
