/** The resource server that is examined: its client, its credentials, and its connections. */
import type { ClientAuthentication, ExplainOptions, IntrospectionClient } from '@token-introspection/client'
import type { Exchange, ReceivedAnswer, SentRequest } from '../../connection/exchange.ts'
import type { KnownSecrets } from '../../connection/known-secrets.ts'

/** How a probe reaches the server: as the client does, without a proxy, or by the proxy of the environment. */
export type Route = 'usual' | 'direct' | 'proxy'

/** What came of a probe: an answer, or the error code of the connection. */
export type Outcome =
  | { readonly answer: ReceivedAnswer; readonly code?: undefined }
  | { readonly answer?: undefined; readonly code: string }

/** Sends one more request. `undefined` when no more may be sent, because of their number or of the deadline. */
export type Probe = (request: SentRequest, route?: Route) => Promise<Outcome | undefined>

/** A resource server. */
export interface Patient {
  readonly client: IntrospectionClient
  /** The issuer and the endpoint of the configuration. */
  readonly issuer: string | undefined
  readonly endpoint: string | undefined
  /** `undefined` for a module that exports a client in place of its options. */
  readonly clientAuthentication: ClientAuthentication | undefined
  readonly hint: string | undefined
  readonly wantsSignedAnswers: boolean
  /** The token that should be good. */
  readonly token: string | undefined
  /** Whether the right answer is that the token is not active. */
  readonly isRevoked: boolean
  readonly policy: Pick<ExplainOptions, 'audience' | 'scope'>
  /** Everything that was sent and received so far, without probes. */
  readonly exchanges: readonly Exchange[]
  readonly probe: Probe
  /** The proxy of the environment for a URL, and whether the client uses it. */
  readonly proxyFor: (url: string) => { readonly origin: string; readonly isUsed: boolean } | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Waits, at most until the deadline. */
  readonly pause: (ms: number) => Promise<void>
  readonly secrets: KnownSecrets
  /** How many requests were sent, with probes. */
  readonly requestCount: () => number
  readonly close: () => Promise<void>
}
