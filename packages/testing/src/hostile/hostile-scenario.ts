/** One scenario: an answer of the server, and the reaction that a resource server should have. */
import type { HostileExchange } from './hostile-exchange.ts'

/**
 * The reaction that a resource server should have to an answer. Only `accept` lets a request pass.
 *
 * - `accept`: the answer is good, although it may be unusual.
 * - `inactive`: the token is not active, or no longer active.
 * - `refuse`: the token is active, but this resource server must not accept it, or not in this way.
 * - `insufficient_scope`: the token is active, but lacks a scope that the route requires.
 * - `malformed`: the response is not a valid introspection response.
 * - `untrusted`: the response is valid, but the client must not trust it.
 * - `unexpected_status`: the status is not 200, and a retry does not help.
 * - `unavailable`: the server is out of order, or says that it is.
 * - `rate_limited`: the server says that the resource server has used up a limit.
 * - `unauthorized`: the server refuses the credentials of the resource server.
 * - `unreachable`: the connection failed, or it carried something other than HTTP.
 * - `late`: the answer does not end within a reasonable time.
 */
export type HostileExpectation =
  | 'accept'
  | 'inactive'
  | 'refuse'
  | 'insufficient_scope'
  | 'malformed'
  | 'untrusted'
  | 'unexpected_status'
  | 'unavailable'
  | 'rate_limited'
  | 'unauthorized'
  | 'unreachable'
  | 'late'

/** One way in which the server answers. */
export interface HostileScenario {
  /** A short name. It does not change between versions. */
  readonly name: string
  /** The scenario in a few words. */
  readonly title: string
  /** The token that makes the server answer in this way. */
  readonly token: string
  /**
   * How the client has to ask: `json` for a JSON answer, `jwt` for a signed answer (RFC 9701), `metadata` for an endpoint that
   * the client discovers. For `metadata` each scenario has an issuer of its own, which `issuerOf` returns.
   */
  readonly asks: 'json' | 'jwt' | 'metadata'
  /** The reaction that a resource server should have. */
  readonly expected: HostileExpectation
  /** The reason for `expected`, as a sentence. */
  readonly why: string
  /** The clause that says so, such as `RFC 7662 §2.2`. */
  readonly clause?: string | undefined
  /** Writes the answer. It need not be HTTP, and it need not end. */
  readonly answer: (exchange: HostileExchange) => unknown
}

/** A scenario in a list: its name, title and answer, and where it differs from the rest of the list. */
export type ScenarioRow = readonly [
  name: string,
  title: string,
  answer: HostileScenario['answer'],
  own?: Partial<Pick<HostileScenario, 'expected' | 'why' | 'clause'>>,
]

/** Makes scenarios from rows that share some members. */
export function scenarios(
  common: Pick<HostileScenario, 'expected' | 'why'> & Partial<Pick<HostileScenario, 'asks' | 'clause'>>,
  rows: readonly ScenarioRow[],
): HostileScenario[] {
  return rows.map(([name, title, answer, own]) => ({
    name,
    title,
    token: `hostile.${name}`,
    asks: 'json',
    ...common,
    ...own,
    answer,
  }))
}
