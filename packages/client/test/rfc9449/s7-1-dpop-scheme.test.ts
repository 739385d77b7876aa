/** RFC 9449 §6 and §7: which tokens are presented how, and what a challenge says when they are not. */
import { parseChallenges } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { createApi, createProver, NOW, ORIGIN, outcomeOf, refusalOf, TOKEN } from '../dpop-api.ts'

const prover = await createProver()
const bound = { members: { cnf: { jkt: prover.jkt }, token_type: 'DPoP' } }

describe('a token bound to a key', () => {
  test('is no bearer token, proof or no proof (DPOP-20)', async () => {
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

  test('is refused where no proof can be verified (DPOP-20)', async () => {
    const api = createApi({ ...bound, policy: {} })
    for (const scheme of ['Bearer', 'DPoP']) {
      const decision = await api.ask(await prover.prove(), { authorization: `${scheme} ${TOKEN}` })
      expect(decision.allowed).toBe(false)
    }
  })

  test.each(['DPoP', 'dpop', 'DPOP'])('comes by the scheme spelt %s (DPOP-22)', async (scheme) => {
    const api = createApi(bound)
    expect(outcomeOf(await api.ask(await prover.prove(), { authorization: `${scheme} ${TOKEN}` }))).toBe('allowed')
  })

  test.each([`DPoP "${TOKEN}"`, `DPoP ${TOKEN}, DPoP ${TOKEN}`, `DPoP ${TOKEN}, Bearer ${TOKEN}`, 'DPoP', 'DPoP a b'])(
    'comes by no broken field: %s (DPOP-22, DPOP-24)',
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
    ['nothing that is said (CERT-07)', {}],
  ])('is refused when it is bound to %s (DPOP-13)', async (_, cnf) => {
    const decision = await createApi({ members: { cnf } }).ask(await prover.prove())
    expect(decision.allowed).toBe(false)
  })
})

describe('a token bound to a key, whose cnf has more members', () => {
  // Keycloak 26.7 sends `kc-jkt-type` beside `jkt`.
  const members = { token_type: 'DPoP', cnf: { jkt: prover.jkt, 'kc-jkt-type': 'DPoP' } }

  test('passes with its proof, and with nothing less (CERT-07)', async () => {
    const api = createApi({ members })
    expect(outcomeOf(await api.ask(await prover.prove()))).toBe('allowed')
    expect(outcomeOf(await api.ask([]))).toBe('proof')
    expect(outcomeOf(await api.ask(await prover.prove(), { authorization: `Bearer ${TOKEN}` }))).toBe('confirmation')
  })
})

describe('a token that is not bound', () => {
  test.each([
    ['by its type', { token_type: 'Bearer' }],
    ['though its type says so (DPOP-27)', { token_type: 'DPoP' }],
    ['and says nothing', {}],
  ])('is no DPoP token, whatever proof is beside it: %s (DPOP-21)', async (_, members) => {
    const refusal = refusalOf(await createApi({ members }).ask(await prover.prove()))
    expect(refusal).toMatchObject({ reason: 'confirmation', status: 401 })
    expect(parseChallenges(refusal.headers['www-authenticate'] ?? '')).toMatchObject([
      { scheme: 'Bearer', parameters: { realm: 'protected resource' } },
      { scheme: 'DPoP', parameters: { error: 'invalid_token' } },
    ])
  })

  test('is a bearer token, where none has to be bound', async () => {
    const authorization = `Bearer ${TOKEN}`
    expect(outcomeOf(await createApi().ask([], { authorization }))).toBe('allowed')
    const strict = createApi({ guard: { senderConstraint: 'dpop' } })
    expect(outcomeOf(await strict.ask([], { authorization }))).toBe('confirmation')
  })

  test('is no bearer token when its type says that it is bound (DPOP-27)', async () => {
    const api = createApi({ members: { token_type: 'dpop' } })
    expect(outcomeOf(await api.ask([], { authorization: `Bearer ${TOKEN}` }))).toBe('confirmation')
  })
})

describe('a challenge', () => {
  test('names both schemes and no error to a request without credentials (DPOP-24)', async () => {
    const api = createApi({ ...bound, dpop: { algorithms: ['ES256'] } })
    const refusal = refusalOf(await api.ask(await prover.prove(), { authorization: 'Basic Zm9vOmJhcg==' }))
    expect(refusal.headers['www-authenticate']).toBe(
      'Bearer realm="protected resource", DPoP realm="protected resource", algs="ES256"',
    )
  })

  test('names DPoP alone where nothing else will do (DPOP-23)', async () => {
    const api = createApi({ ...bound, dpop: { algorithms: ['ES256', 'PS256'] }, guard: { senderConstraint: 'dpop' } })
    const refusal = refusalOf(await api.ask([], { authorization: `Bearer ${TOKEN}` }))
    expect(refusal.headers['www-authenticate']).toMatch(/^DPoP realm="protected resource", .*algs="ES256 PS256"$/)
  })

  test('names what the route wants of a token whose proof is good (DPOP-23)', async () => {
    const api = createApi({ ...bound, guard: { scope: 'orders:write' } })
    const refusal = refusalOf(await api.ask(await prover.prove()))
    expect(refusal.status).toBe(403)
    expect(parseChallenges(refusal.headers['www-authenticate'] ?? '')).toMatchObject([
      { scheme: 'Bearer' },
      { scheme: 'DPoP', parameters: { error: 'insufficient_scope', scope: 'orders:write' } },
    ])
  })
})

describe('an answer that is remembered', () => {
  test('spares no proof and no part of one (DPOP-29)', async () => {
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
  test('is asked without the proof, and the token as it is (DPOP-25)', async () => {
    const api = createApi(bound)
    expect(outcomeOf(await api.ask(await prover.prove()))).toBe('allowed')
    const [request] = api.asked
    expect(request?.headers.has('dpop')).toBe(false)
    expect(new URLSearchParams(await request?.text()).get('token')).toBe(TOKEN)
  })
})
