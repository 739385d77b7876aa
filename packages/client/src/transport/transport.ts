/** Seam: how a request reaches the authorization server. */
import type { Cancellation } from './cancellation.ts'
import type { TlsOptions } from './tls-options.ts'

/** One HTTP request to an authorization server. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** A body longer than this ends the request with a `ResponseMalformedError`. */
  readonly maxResponseBytes: number
  /** Ends the request early: the deadline, or the caller's own signal. */
  readonly cancellation: Cancellation
  /**
   * Which token the request is about, by a digest under a secret of the client; `undefined` for requests for metadata, keys
   * and access tokens of the client's own.
   */
  readonly fingerprint?: string | undefined
  /** Asks for a connection that was never used, because another one was lost. Default `false`. */
  readonly freshConnection?: boolean | undefined
}

/** The answer, whatever its status. */
export interface TransportReply {
  readonly status: number
  /** A header field by its lower-case name. */
  header(name: string): string | undefined
  readonly body: Uint8Array
}

/**
 * Sends one request and reads the whole answer. It must not follow redirects, must stop reading at
 * `maxResponseBytes`, and rejects with a `TransportUnreachableError` when there is no answer.
 */
export type Send = (request: TransportRequest) => Promise<TransportReply>

/** A way to send, and to let go of its connections. */
export interface Transport {
  readonly send: Send
  readonly close: () => Promise<void>
}

/** What the default transport can be told. */
export interface DefaultTransportOptions {
  /** Connections per origin: as many as requests may be under way. */
  readonly maxConnections: number
  /** How long a connection attempt may take. */
  readonly connectTimeoutMs: number
  /** The certificate of the client, and whom it trusts; where connections are made by somebody else, it is refused. */
  readonly tls?: TlsOptions | undefined
  /** The URL of a proxy; refused like certificates. */
  readonly proxy?: string | undefined
  /** An undici `Dispatcher` to use instead; refused where undici does not run. */
  readonly dispatcher?: Dispatcher | undefined
}

/**
 * A `Dispatcher` of undici 7 or 8, such as an `Agent`, a `Pool` or a `ProxyAgent` of your own. The client does not close
 * it.
 */
export interface Dispatcher {
  dispatch(options: object, handler: object): boolean
}
