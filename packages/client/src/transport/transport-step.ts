/** Everything step `transport` needs. */
import type { UrlRules } from '@token-introspection/core'
import type { RequestSettings } from './build-request.ts'
import type { Deadline, Deadlines } from './deadline.ts'
import type { Admission } from './outage/admission.ts'
import type { EndpointCircuit } from './outage/endpoint-circuit.ts'
import type { KnownTokens } from './outage/known-tokens.ts'
import type { RetrySettings } from './outage/retry.ts'
import type { Send, Transport } from './transport.ts'

/** Where to ask: known, or to be discovered. */
export interface EndpointSource {
  readonly known: string | undefined
  find(deadline: Deadline): Promise<string>
}

/** The settings of the step. */
export interface TransportStep extends Transport, RequestSettings {
  /** Sends what is about no token, for keys and access tokens of the client's own: with `headers`, and with a second try. */
  readonly sendOwn: Send
  /** Requests are made once only without it. */
  readonly retry: RetrySettings | undefined
  /** How many requests are under way, and how many wait. */
  readonly admission: Pick<Admission, 'underWay' | 'queued'>
  /** By URL: whether requests to it are let through. */
  readonly circuits: ReadonlyMap<string, Pick<EndpointCircuit, 'state'>>
  /** Tokens that were active when they were last asked about: their requests go first. */
  readonly known: Pick<KnownTokens, 'note'>
  readonly endpoint: EndpointSource
  readonly deadlines: Deadlines
  /** For requests that calls share: twice as long, so that a call that joins late may still wait its own time. */
  readonly sharedDeadlines: Deadlines
  readonly urlRules: UrlRules
  /** Where the metadata of the issuer says that its keys are. */
  readonly findJwksUri: () => Promise<string>
}
