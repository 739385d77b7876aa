/** RFC 9449 §6 and §7: how tokens are presented, and the challenge for a wrong presentation. */
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { createApi, createProver, NOW, ORIGIN, outcomeOf, refusalOf, TOKEN } from '../dpop-api.ts'

const prover = await createProver()
const bound = { members: { cnf: { jkt: prover.jkt }, token_type: 'DPoP' } }

describe('a token bound to a key', () => {
  test('is refused as a bearer token, with or without a proof (DPOP-20)', async () => {
    const api = createApi(bound)
    for (const proofs of [[], [await prover.prove()]]) {
      const refusal = refusalOf(await api.ask(proofs, { authorization: `Bearer ${TOKEN}` }))
      expect(refusal).toMatchObject({ reason: 'confirmation', status: 401 })
      expect(parseChallenges(refusal.headers['www-authenticate'] ?? '')).toMatchObject([
        { scheme: 'Bearer', parameters: { error: 'invalid_token' } },
        { scheme: 'DPoP' },
      ])
    }
  })

  test('is refused when the guard verifies no proofs (DPOP-20)', async () => {
    const api = createApi({ ...bound, policy: {} })
    for (const scheme of ['Bearer', 'DPoP']) {
      const decision = await api.ask(await prover.prove(), { authorization: `${scheme} ${TOKEN}` })
      expect(decision.allowed).toBe(false)
    }
  })

  test.each(['DPoP', 'dpop', 'DPOP'])('is accepted with the scheme spelt %s (DPOP-22)', async (scheme) => {
    const api = createApi(bound)
    expect(outcomeOf(await api.ask(await prover.prove(), { authorization: `${scheme} ${TOKEN}` }))).toBe('allowed')
  })

  test.each([`DPoP "${TOKEN}"`, `DPoP ${TOKEN}, DPoP ${TOKEN}`, `DPoP ${TOKEN}, Bearer ${TOKEN}`, 'DPoP', 'DPoP a b'])(
    'is refused in the broken field %s (DPOP-22, DPOP-24)',
    async (authorization) => {
      const api = createApi(bound)
      const refusal = refusalOf(await api.ask(await prover.prove(), { authorization }))
      expect(refusal).toMatchObject({ reason: 'request_malformed', status: 400 })
      const challenges = parseChallenges(refusal.headers['www-authenticate'] ?? '')
      expect(challenges).toMatchObject([
        { scheme: 'Bearer', parameters: { error: 'invalid_request' } },
        { scheme: 'DPoP', parameters: { error: 'invalid_request' } },
      ])
      expect(api.asked).toHaveLength(0)
    },
  )

  test.each([
    ['another key', { jkt: 'A'.repeat(43) }],
    ['a whole key (CERT-07)', { jwk: prover.jwk }],
    ['an empty cnf (CERT-07)', {}],
  ])('is refused when it is bound to %s (DPOP-13)', async (_, cnf) => {
    const decision = await createApi({ members: { cnf } }).ask(await prover.prove())
    expect(decision.allowed).toBe(false)
  })
})

describe('a token bound to a key, with more members in cnf', () => {
  // Keycloak 26.7 sends `kc-jkt-type` beside `jkt`.
  const members = { token_type: 'DPoP', cnf: { jkt: prover.jkt, 'kc-jkt-type': 'DPoP' } }

  test('passes only with its proof (CERT-07)', async () => {
    const api = createApi({ members })
    expect(outcomeOf(await api.ask(await prover.prove()))).toBe('allowed')
    expect(refusalOf(await api.ask([]))).toMatchObject({
      reason: 'proof',
      detail: 'the token is bound to a key, and the request has no DPoP field',
    })
    expect(outcomeOf(await api.ask(await prover.prove(), { authorization: `Bearer ${TOKEN}` }))).toBe('confirmation')
  })
})

describe('a token that is not bound', () => {
  test.each([
    ['with the type Bearer', { token_type: 'Bearer' }],
    ['with the type DPoP (DPOP-27)', { token_type: 'DPoP' }],
    ['without a type', {}],
  ])('is refused as a DPoP token, even with a proof: %s (DPOP-21)', async (_, members) => {
    const refusal = refusalOf(await createApi({ members }).ask(await prover.prove()))
    expect(refusal).toMatchObject({ reason: 'confirmation', status: 401 })
    expect(parseChallenges(refusal.headers['www-authenticate'] ?? '')).toMatchObject([
      { scheme: 'Bearer', parameters: { realm: 'protected resource' } },
      { scheme: 'DPoP', parameters: { error: 'invalid_token' } },
    ])
  })

  test('is accepted as a bearer token, unless the guard requires a binding', async () => {
    const authorization = `Bearer ${TOKEN}`
    expect(outcomeOf(await createApi().ask([], { authorization }))).toBe('allowed')
    const strict = createApi({ guard: { senderConstraint: 'dpop' } })
    expect(outcomeOf(await strict.ask([], { authorization }))).toBe('confirmation')
  })

  test('is refused as a bearer token when its type is DPoP (DPOP-27)', async () => {
    const api = createApi({ members: { token_type: 'dpop' } })
    expect(outcomeOf(await api.ask([], { authorization: `Bearer ${TOKEN}` }))).toBe('confirmation')
  })
})

describe('a challenge', () => {
  test('names both schemes without an error for a request without credentials (DPOP-24)', async () => {
    const api = createApi({ ...bound, dpop: { algorithms: ['ES256'] } })
    const refusal = refusalOf(await api.ask(await prover.prove(), { authorization: 'Basic Zm9vOmJhcg==' }))
    expect(refusal.headers['www-authenticate']).toBe(
      'Bearer realm="protected resource", DPoP realm="protected resource", algs="ES256"',
    )
  })

  test('names only DPoP when the guard requires it (DPOP-23)', async () => {
    const api = createApi({ ...bound, dpop: { algorithms: ['ES256', 'PS256'] }, guard: { senderConstraint: 'dpop' } })
    const refusal = refusalOf(await api.ask([], { authorization: `Bearer ${TOKEN}` }))
    expect(refusal.headers['www-authenticate']).toMatch(/^DPoP realm="protected resource", .*algs="ES256 PS256"$/)
  })

  test('names the missing scope for a token with a good proof (DPOP-23)', async () => {
    const api = createApi({ ...bound, guard: { scope: 'orders:write' } })
    const refusal = refusalOf(await api.ask(await prover.prove()))
    expect(refusal.status).toBe(403)
    expect(parseChallenges(refusal.headers['www-authenticate'] ?? '')).toMatchObject([
      { scheme: 'Bearer' },
      { scheme: 'DPoP', parameters: { error: 'insufficient_scope', scope: 'orders:write' } },
    ])
  })
})

describe('a cached answer', () => {
  test('does not skip any check of a proof (DPOP-29)', async () => {
    const api = createApi({ ...bound, client: { cache: {} } })
    const first = await prover.prove()
    expect(outcomeOf(await api.ask(first))).toBe('allowed')
    expect(outcomeOf(await api.ask(first))).toBe('proof')
    expect(outcomeOf(await api.ask([]))).toBe('proof')
    expect(outcomeOf(await api.ask([], { authorization: `Bearer ${TOKEN}` }))).toBe('confirmation')
    for (const claims of [{ ath: 'A' }, { htm: 'POST' }, { htu: `${ORIGIN}/` }, { iat: NOW - 100 }]) {
      expect(outcomeOf(await api.ask(await prover.prove(claims)))).toBe('proof')
    }
    expect(outcomeOf(await api.ask(await prover.prove()))).toBe('allowed')
    expect(api.asked).toHaveLength(1)
  })
})

describe('the authorization server', () => {
  test('gets the unchanged token and no proof (DPOP-25)', async () => {
    const api = createApi(bound)
    expect(outcomeOf(await api.ask(await prover.prove()))).toBe('allowed')
    const [request] = api.asked
    expect(request?.headers.has('dpop')).toBe(false)
    expect(new URLSearchParams(await request?.text()).get('token')).toBe(TOKEN)
  })
})
