/** One scenario: what is answered, and what should come of it. */
import type { HostileExchange } from './hostile-exchange.ts'

/**
 * What a resource server should make of an answer. Only `accept` lets a request pass.
 *
 * - `accept`: the answer is good, if unusual.
 * - `inactive`: the token is not active, or no longer.
 * - `refuse`: the token is active, but not for this resource server or not in this way.
 * - `insufficient_scope`: the token is active, but may do less than what is asked for.
 * - `malformed`: the answer is none.
 * - `untrusted`: the answer is one, but not to be believed.
 * - `unexpected_status`: no 200, and nothing that would go away by itself.
 * - `unavailable`: the server is out of order, or says so.
 * - `unauthorized`: the server refuses the credentials of the resource server.
 * - `unreachable`: the connection failed, or what came over it was no HTTP.
 * - `late`: the answer does not end within any reasonable time.
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
  | 'unauthorized'
  | 'unreachable'
  | 'late'

/** One way to answer. */
export interface HostileScenario {
  /** A short name that stays the same. */
  readonly name: string
  /** The same in a few words. */
  readonly title: string
  /** The token to ask about, which makes the server answer in this way. */
  readonly token: string
  /**
   * How the client has to ask: for JSON, for a signed answer (RFC 9701), or by way of the metadata of an issuer of its own,
   * which `issuerOf` names.
   */
  readonly asks: 'json' | 'jwt' | 'metadata'
  /** What should come of it. */
  readonly expected: HostileExpectation
  /** Why. */
  readonly why: string
  /** Where that is written, such as `RFC 7662 §2.2`. */
  readonly clause?: string | undefined
  /** Answers. What it writes need not be HTTP, and need not end. */
  readonly answer: (exchange: HostileExchange) => unknown
}

/** A scenario in a list: its name, its title, its answer, and what it does not share with the others of its list. */
export type ScenarioRow = readonly [
  name: string,
  title: string,
  answer: HostileScenario['answer'],
  own?: Partial<Pick<HostileScenario, 'expected' | 'why' | 'clause'>>,
]

/** Makes scenarios of rows that have something in common. */
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
