/** Everything step `transport` needs. */
import type { UrlRules } from '@token-introspection/core'
import type { RequestSettings } from './build-request.ts'
import type { Deadline, Deadlines } from './deadline.ts'
import type { Transport } from './transport.ts'

/** Where to ask: known, or to be discovered. */
export interface EndpointSource {
  readonly known: string | undefined
  find(deadline: Deadline): Promise<string>
}

/** What the step needs. */
export interface TransportStep extends Transport, RequestSettings {
  readonly endpoint: EndpointSource
  readonly deadlines: Deadlines
  readonly urlRules: UrlRules
  /** Where the metadata of the issuer says that its keys are. */
  readonly findJwksUri: () => Promise<string>
}
