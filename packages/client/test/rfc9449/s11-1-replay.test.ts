/** RFC 9449 §11.1: a proof may be used once. */
import { createMemoryReplayStore, type ReplayStore } from '@token-introspection/client'
import { describe, expect, test, vi } from 'vitest'
import { createApi, createProver, NOW, ORIGIN, outcomeOf, refusalOf } from '../dpop-api.ts'

const prover = await createProver()

function setUp(replayStore?: ReplayStore, jkt = prover.jkt) {
  return createApi({ members: { cnf: { jkt } }, dpop: { replayStore } })
}

describe('an intercepted proof', () => {
  test('is refused the second time, until it is too old (DPOP-15)', async () => {
    const api = setUp()
    const proof = await prover.prove()
    expect(outcomeOf(await api.ask(proof))).toBe('allowed')
    for (const seconds of [0, 1, 59, 60, 61, 3600]) {
      api.clock.seconds = NOW + seconds
      const { reason, detail } = refusalOf(await api.ask(proof))
      expect(reason).toBe('proof')
      expect(detail).toMatch(seconds < 61 ? /^DPoP proof: its jti was used before/ : /^DPoP proof: iat: .* ago/)
    }
  })

  test('is refused by every process that shares the store (DPOP-15)', async () => {
    const store = createMemoryReplayStore({ now: () => NOW * 1000 })
    const [one, another, alone] = [setUp(store), setUp(store), setUp()]
    const proof = await prover.prove()
    expect(outcomeOf(await one.ask(proof))).toBe('allowed')
    expect(outcomeOf(await another.ask(proof))).toBe('proof')
    expect(outcomeOf(await alone.ask(proof))).toBe('allowed')
  })

  test('passes once when many copies arrive at the same time (DPOP-15)', async () => {
    const api = setUp()
    const proof = await prover.prove()
    const outcomes = await Promise.all(Array.from({ length: 20 }, async () => outcomeOf(await api.ask(proof))))
    expect(outcomes.filter((outcome) => outcome === 'allowed')).toHaveLength(1)
  })

  test('is remembered as long as it could be accepted, under the key as owner (DPOP-15)', async () => {
    const remember = vi.fn((_key: string, _expiresAt: number, _owner: string) => true)
    await setUp({ remember }).ask(await prover.prove({ iat: NOW - 10 }))
    expect(remember).toHaveBeenCalledWith(expect.stringMatching(/^[A-Za-z0-9_-]{43}$/), NOW + 60 + 5 + 1, prover.jkt)
  })

  test('is refused when a copy opened in time is held until its first use is forgotten (DPOP-15)', async () => {
    let elapsedMs = 0
    const clock = () => NOW * 1000 + elapsedMs
    const replayStore = createMemoryReplayStore({ now: clock, elapsedMs: () => elapsedMs })
    const api = createApi({
      members: { cnf: { jkt: prover.jkt } },
      dpop: { replayStore, maxAgeSeconds: 5, leewaySeconds: 0 },
      client: { now: clock },
    })
    const proof = await prover.prove()
    const bodies = [Promise.withResolvers<string[]>(), Promise.withResolvers<string[]>()]
    const opened = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const copies = bodies.map(({ promise }, index) => {
      const requiredScope = () => (opened[index]?.resolve(), promise)
      return api.ask(proof, { requiredScope })
    })
    // One copy waits for its body, the other one is refused without a wait.
    await Promise.all(copies.map((copy, index) => Promise.race([copy, opened[index]?.promise])))
    for (const [index, body] of bodies.entries()) {
      elapsedMs += 8000
      body.resolve([])
      await copies[index]
    }
    expect((await Promise.all(copies)).map(outcomeOf).toSorted()).toEqual(['allowed', 'proof'])
  })

  test('is marked as used before the check of the application, which may wait for the body (DPOP-15)', async () => {
    const events: string[] = []
    const remember = () => (events.push('used'), events.length === 1)
    const check = () => (events.push('checked'), Promise.resolve(true))
    const requiredScope = () => (events.push('scope'), [])
    const api = createApi({
      members: { cnf: { jkt: prover.jkt } },
      dpop: { replayStore: { remember } },
      guard: { check },
    })
    expect(outcomeOf(await api.ask(await prover.prove(), { requiredScope }))).toBe('allowed')
    expect(outcomeOf(await api.ask(await prover.prove(), { requiredScope }))).toBe('proof')
    expect(events).toEqual(['used', 'scope', 'checked', 'used'])
  })

  test('counts as used only after the guard has found the token good and enough (DPOP-15)', async () => {
    const remember = vi.fn(() => true)
    const check = vi.fn(() => true)
    const refusing = [
      { members: { scope: 'other' }, guard: { scope: 'orders:write' } },
      { members: { aud: 'https://other.example.com' } },
      { members: { token_type: 'refresh_token' } },
      { members: { acr: '0' }, guard: { acrValues: ['1'] } },
    ]
    for (const { members = {}, guard = {} } of refusing) {
      const settings = { members: { cnf: { jkt: prover.jkt }, ...members }, dpop: { replayStore: { remember } } }
      const api = createApi({ ...settings, guard: { ...guard, check } })
      expect((await api.ask(await prover.prove())).allowed).toBe(false)
    }
    expect(check).not.toHaveBeenCalled()
    expect(remember).not.toHaveBeenCalled()
  })

  test('takes no room from other clients, however many proofs one client sends', async () => {
    const replayStore = createMemoryReplayStore({ maxKeys: 60, now: () => NOW * 1000 })
    const other = await createProver()
    const [greedy, good] = [setUp(replayStore), setUp(replayStore, other.jkt)]
    const seen: number[] = []
    for (let sent = 0; sent < 40; sent++) {
      const decision = await greedy.ask(await prover.prove())
      seen.push(decision.allowed ? 200 : decision.status)
      if (sent % 4 === 0) expect(outcomeOf(await good.ask(await other.prove()))).toBe('allowed')
    }
    expect(seen.at(-1)).toBe(503)
    expect(outcomeOf(await good.ask(await other.prove()))).toBe('allowed')
  })
})

describe('a jti', () => {
  test('is used up only for one key and one URI (DPOP-15)', async () => {
    const store = createMemoryReplayStore({ now: () => NOW * 1000 })
    const other = await createProver()
    const jti = 'the same'
    expect(outcomeOf(await setUp(store).ask(await prover.prove({ jti })))).toBe('allowed')
    expect(outcomeOf(await setUp(store, other.jkt).ask(await other.prove({ jti })))).toBe('allowed')
    const elsewhere = { jti, htu: `${ORIGIN}/other` }
    expect(outcomeOf(await setUp(store).ask(await prover.prove(elsewhere), { url: '/other' }))).toBe('allowed')
    // Another spelling of the same URI counts as the same URI.
    const spelt = { jti, htu: `${ORIGIN}/%6frders?again` }
    expect(outcomeOf(await setUp(store).ask(await prover.prove(spelt)))).toBe('proof')
  })

  test('is not used up by a refused proof (DPOP-15)', async () => {
    const remember = vi.fn(() => true)
    const api = setUp({ remember })
    for (const claims of [{ ath: 'A' }, { htm: 'POST' }, { iat: NOW - 100 }, { jti: 'x'.repeat(513) }]) {
      expect(outcomeOf(await api.ask(await prover.prove(claims)))).toBe('proof')
    }
    expect(remember).not.toHaveBeenCalled()
  })
})

describe('a store that fails', () => {
  test.each<[string, ReplayStore['remember']]>([
    [
      'throws',
      () => {
        throw new Error('gone')
      },
    ],
    ['rejects', () => Promise.reject(new Error('gone'))],
  ])('refuses the request with 503 when it %s (DPOP-15)', async (_, remember) => {
    const refusal = refusalOf(await setUp({ remember }).ask(await prover.prove()))
    expect(refusal).toMatchObject({ reason: 'unavailable', status: 503 })
    expect(refusal.error).toMatchObject({ code: 'ERR_POLICY_REPLAY_STORE', retryable: true, cause: new Error('gone') })
    expect(refusal.headers).not.toHaveProperty('www-authenticate')
  })

  test('refuses the request when it never answers (DPOP-15)', async () => {
    const decision = await setUp({ remember: () => new Promise<boolean>(() => undefined) }).ask(await prover.prove())
    expect(refusalOf(decision)).toMatchObject({ status: 503, error: { code: 'ERR_POLICY_REPLAY_STORE' } })
  })

  test('refuses the request when it is full (DPOP-15)', async () => {
    const api = setUp(createMemoryReplayStore({ maxKeys: 1, now: () => NOW * 1000 }))
    expect(outcomeOf(await api.ask(await prover.prove()))).toBe('allowed')
    expect(refusalOf(await api.ask(await prover.prove())).status).toBe(503)
  })

  test.each([undefined, null, 'OK', 1, {}])('refuses the request when it returns %j (DPOP-15)', async (answer) => {
    expect(outcomeOf(await setUp({ remember: () => answer as never }).ask(await prover.prove()))).toBe('proof')
  })
})
