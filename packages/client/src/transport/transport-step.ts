/** Everything that step `transport` needs. */
import type { AuthorizationServerMetadata, UrlRules } from '@token-introspection/core'
import type { RequestSettings } from './build-request.ts'
import type { Deadline, Deadlines } from './deadline.ts'
import type { Admission } from './outage/admission.ts'
import type { EndpointCircuit } from './outage/endpoint-circuit.ts'
import type { KnownTokens } from './outage/known-tokens.ts'
import type { RetrySettings } from './outage/retry.ts'
import type { SentCredentials } from './sent-credentials.ts'
import type { Send, SendStream, Transport } from './transport.ts'

/** The endpoint, known or to be discovered. */
export interface EndpointSource {
  readonly known: string | undefined
  find(deadline: Deadline): Promise<string>
}

/**
 * The way to a revocation feed. Its requests take no place of introspection requests, do not wait in their queue, and no
 * circuit counts or stops them: the client itself pauses between failures.
 */
export interface FeedTransport {
  readonly send: Send
  /** Missing if the transport can only read whole answers. */
  readonly stream: SendStream | undefined
  /** Finds an endpoint in the metadata of the issuer. Its absence is no reason to look for other metadata. */
  readonly findEndpoint: (name: string) => Promise<string>
}

/** The settings of the step. */
export interface TransportStep extends Pick<Transport, 'send' | 'close'>, RequestSettings {
  /** Sends requests without a token, for keys and access tokens of the client: with `headers`, and with a retry. */
  readonly sendOwn: Send
  /** Sends requests past the queue and the circuits, for the check of the client. */
  readonly sendPast: Send
  /** Sends requests past the queue and the circuits. Nothing notices what comes of them. */
  readonly sendUnnoticed: Send
  /** Without it, requests are not retried. */
  readonly retry: RetrySettings | undefined
  /** How many requests are on their way, and how many wait. */
  readonly admission: Pick<Admission, 'underWay' | 'queued'>
  /** What the client has sent, so that nothing shows what a server repeats of it. */
  readonly credentials: SentCredentials
  /** The state of each circuit, by URL. */
  readonly circuits: ReadonlyMap<string, Pick<EndpointCircuit, 'state'>>
  /** Tokens that were active when they were last asked about. Their requests go first. */
  readonly known: Pick<KnownTokens, 'note'>
  readonly endpoint: EndpointSource
  /** The metadata of the issuer; `undefined` without an issuer. */
  readonly metadata: { readonly known: AuthorizationServerMetadata | undefined } | undefined
  readonly deadlines: Deadlines
  /** Deadlines of requests that calls share: twice as long, so that a call that joins late still has its own time. */
  readonly sharedDeadlines: Deadlines
  readonly urlRules: UrlRules
  readonly feed: FeedTransport
  /** Finds the URL of the issuer's keys in the metadata. */
  readonly findJwksUri: () => Promise<string>
}
