/** The scenarios of the hostile authorization server that answer in JSON, and the result of each in this client. */
import { type HostileExpectation, type HostileScenario, hostileScenarios } from '@token-introspection/testing/hostile'
import type { Exchange } from './loopback-server.ts'

/** The time of all clocks in these tests, in seconds since the epoch. */
export const now = 1_764_000_000
/**
 * Sent to every server of the table, and repeated by many of them. It must never appear in an error, event or answer.
 */
export const token = 'tok-5ecret-of-the-user'
/** The secret of the resource server. */
export const clientSecret = 'cl1ent-5ecret'
export const issuer = 'https://as.example.com'
export const audience = 'https://api.example.com'
export const scope = 'orders:read'

/** An answer that passes every check. */
export const good = {
  active: true,
  iss: issuer,
  aud: audience,
  scope,
  sub: 'alice',
  client_id: 'web',
  token_type: 'Bearer',
  exp: now + 3600,
  iat: now - 60,
}

/** The target of a redirect. */
export interface Elsewhere {
  /** The URL of another origin, whose server would answer `active`. */
  readonly elsewhere: string
}

/** One row: the answer, and its expected result. */
export interface HostileAnswer {
  readonly title: string
  readonly answer: (exchange: Exchange & Elsewhere) => unknown
  /** The result of an introspection. */
  readonly outcome: 'active' | 'inactive' | `ERR_${string}`
  /** The result over `fetch`, when `fetch` hides the difference. */
  readonly fetchOutcome?: `ERR_${string}`
  /**
   * The decision of a guard that requires {@link audience} and {@link scope}: `allowed`, or the status of the refusal.
   */
  readonly guard: 'allowed' | number
  /** The decision over `fetch`, when `fetch` hides the difference. */
  readonly fetchGuard?: number
  /** The answer never comes. Use a short deadline. */
  readonly late?: true
}

type Outcome = Pick<HostileAnswer, 'outcome' | 'guard' | 'fetchOutcome' | 'fetchGuard' | 'late'>

/** Results by the expectation of the scenario. */
export const outcomes: Readonly<Record<HostileExpectation, Outcome>> = {
  accept: { outcome: 'active', guard: 'allowed' },
  refuse: { outcome: 'active', guard: 401 },
  insufficient_scope: { outcome: 'active', guard: 403 },
  inactive: { outcome: 'inactive', guard: 401 },
  malformed: { outcome: 'ERR_RESPONSE_MALFORMED', guard: 502 },
  untrusted: { outcome: 'ERR_RESPONSE_UNTRUSTED', guard: 502 },
  unexpected_status: { outcome: 'ERR_TRANSPORT_STATUS', guard: 502 },
  unavailable: { outcome: 'ERR_TRANSPORT_STATUS', guard: 503 },
  rate_limited: { outcome: 'ERR_TRANSPORT_RATE_LIMITED', guard: 503 },
  unauthorized: { outcome: 'ERR_TRANSPORT_UNAUTHORIZED', guard: 500 },
  unreachable: { outcome: 'ERR_TRANSPORT_UNREACHABLE', guard: 503 },
  late: { outcome: 'ERR_TRANSPORT_TIMEOUT', guard: 503, late: true },
}

/** Scenarios with another result over `fetch`, which decodes and reads the body itself. */
const overFetch: Readonly<Record<string, Partial<Outcome>>> = {
  'coding-none': { fetchOutcome: 'ERR_TRANSPORT_UNREACHABLE', fetchGuard: 503 },
}

/** The table. */
export const hostileAnswers: readonly HostileAnswer[] = hostileScenarios
  .filter((scenario) => scenario.asks === 'json')
  .map((scenario) => ({
    title: scenario.title,
    answer: answerAs(scenario),
    ...outcomes[scenario.expected],
    ...overFetch[scenario.name],
  }))

/** The scenario with the token, the names and the clock of these tests. */
function answerAs(scenario: HostileScenario): HostileAnswer['answer'] {
  return (exchange) => scenario.answer({ ...exchange, token, issuer, audience, scope, now })
}
