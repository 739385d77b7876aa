/** RFC 9449 §8 and §9: nonces of a resource server. */
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { createApi, createProver, NOW, outcomeOf, refusalOf } from '../dpop-api.ts'

const prover = await createProver()
const secret = 'only the processes of this API know it'
const LIFETIME = 300

function setUp(changes: { secret?: string; lifetimeSeconds?: number } = {}, cache = false) {
  return createApi({
    members: { cnf: { jkt: prover.jkt }, token_type: 'DPoP' },
    dpop: { algorithms: ['ES256'], nonce: { secret, ...changes } },
    ...(cache && { client: { cache: {} } }),
  })
}

type Api = ReturnType<typeof setUp>

/** A proof made now. */
function prove(api: Api, nonce?: unknown): Promise<string> {
  return prover.prove({ iat: api.clock.seconds, nonce })
}

async function fetchNonce(api: Api): Promise<string> {
  const { reason, headers } = refusalOf(await api.ask(await prove(api)))
  expect(reason).toBe('nonce')
  return headers['dpop-nonce'] as string
}

describe('a proof without a nonce', () => {
  test('is answered with one nonce, 401 and use_dpop_nonce, uncacheable (DPOP-16, DPOP-17, DPOP-18)', async () => {
    const api = setUp()
    const { status, headers, body } = refusalOf(await api.ask(await prove(api)))
    expect(status).toBe(401)
    expect(parseChallenges(headers['www-authenticate'] ?? '')).toEqual([
      { scheme: 'Bearer', parameters: { realm: 'protected resource' } },
      { scheme: 'DPoP', parameters: { realm: 'protected resource', error: 'use_dpop_nonce', algs: 'ES256' } },
    ])
    expect(Object.keys(headers).filter((name) => name.toLowerCase() === 'dpop-nonce')).toEqual(['dpop-nonce'])
    // 1*NQCHAR, one value.
    expect(headers['dpop-nonce']).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(headers['dpop-nonce']).not.toContain(',')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['access-control-expose-headers']).toBe('WWW-Authenticate, DPoP-Nonce')
    expect(JSON.parse(body)).toEqual({ error: 'use_dpop_nonce' })
  })

  test('gets no nonce when the proof is invalid', async () => {
    const api = setUp()
    for (const proof of ['x', await prover.prove({ ath: 'A' }), await prover.prove({ iat: NOW - 100 })]) {
      const refusal = refusalOf(await api.ask(proof))
      expect(refusal.reason).toBe('proof')
      expect(refusal.headers).not.toHaveProperty('dpop-nonce')
    }
  })

  test('passes when the guard requires no nonce', async () => {
    const api = createApi({ members: { cnf: { jkt: prover.jkt } } })
    expect(await api.ask(await prove(api))).toMatchObject({ allowed: true, headers: {} })
    expect(await api.ask(await prove(api, 'a nonce'))).toMatchObject({ allowed: true, headers: {} })
  })
})

describe('a nonce', () => {
  test('lets the proof pass that contains it, also in another process (DPOP-16)', async () => {
    const api = setUp()
    const nonce = await fetchNonce(api)
    for (const server of [api, api, setUp()]) {
      expect(await server.ask(await prove(server, nonce))).toMatchObject({ allowed: true, headers: {} })
    }
  })

  test('lets no proof pass twice', async () => {
    const api = setUp()
    const proof = await prove(api, await fetchNonce(api))
    expect(outcomeOf(await api.ask(proof))).toBe('allowed')
    expect(outcomeOf(await api.ask(proof))).toBe('proof')
  })

  test('differs every time, and other parties cannot make one (DPOP-17)', async () => {
    const api = setUp()
    const nonces = await Promise.all(Array.from({ length: 50 }, () => fetchNonce(api)))
    expect(new Set(nonces).size).toBe(50)
    const [nonce = ''] = nonces
    const [time = '', random = '', mac = ''] = nonce.split('.')
    const later = (NOW + 60).toString(36)
    for (const forged of [
      `${later}.${random}.${mac}`,
      `${time}.${'A'.repeat(22)}.${mac}`,
      `${time}.${random}.${'A'.repeat(43)}`,
      `${time}.${random}`,
      `${time}.${random}.`,
      `${nonce}A`,
      nonce.slice(0, -1),
      ` ${nonce}`,
      nonce.toUpperCase(),
      '',
      'x',
      '..',
    ]) {
      expect(outcomeOf(await api.ask(await prove(api, forged)))).toBe('nonce')
    }
    expect(outcomeOf(await api.ask(await prove(api, nonce)))).toBe('allowed')
  })

  test("made with another secret, such as the authorization server's, is refused (DPOP-17)", async () => {
    const nonce = await fetchNonce(setUp({ secret: 'the authorization server has another one' }))
    const api = setUp()
    expect(outcomeOf(await api.ask(await prove(api, nonce)))).toBe('nonce')
  })

  test('is valid for its lifetime, and replaced in time by an uncacheable answer (DPOP-18)', async () => {
    const api = setUp({ lifetimeSeconds: LIFETIME })
    const nonce = await fetchNonce(api)
    api.clock.seconds = NOW + LIFETIME / 2
    expect(await api.ask(await prove(api, nonce))).toMatchObject({ allowed: true, headers: {} })
    api.clock.seconds = NOW + LIFETIME / 2 + 1
    const decision = await api.ask(await prove(api, nonce))
    expect(decision).toMatchObject({
      allowed: true,
      headers: { 'cache-control': 'no-store', 'access-control-expose-headers': 'DPoP-Nonce' },
    })
    const { 'dpop-nonce': next } = decision.headers as { 'dpop-nonce': string }
    expect(next).not.toBe(nonce)
    api.clock.seconds = NOW + LIFETIME
    expect(outcomeOf(await api.ask(await prove(api, nonce)))).toBe('allowed')
    api.clock.seconds = NOW + LIFETIME + 1
    expect(outcomeOf(await api.ask(await prove(api, nonce)))).toBe('nonce')
    expect(outcomeOf(await api.ask(await prove(api, next)))).toBe('allowed')
  })

  test('from a clock far ahead is refused', async () => {
    const ahead = setUp()
    ahead.clock.seconds = NOW + 6
    const nonce = await fetchNonce(ahead)
    const api = setUp()
    expect(outcomeOf(await api.ask(await prove(api, nonce)))).toBe('nonce')
    api.clock.seconds = NOW + 1
    expect(outcomeOf(await api.ask(await prove(api, nonce)))).toBe('allowed')
  })

  test('is required in every request, also when the answer is cached (DPOP-29)', async () => {
    const api = setUp({}, true)
    const nonce = await fetchNonce(api)
    expect(outcomeOf(await api.ask(await prove(api, nonce)))).toBe('allowed')
    expect(outcomeOf(await api.ask(await prove(api)))).toBe('nonce')
    expect(api.asked).toHaveLength(1)
  })
})
