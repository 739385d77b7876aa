/** Seam: sends a request to the authorization server. */
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
  /** Ends the request early, at the deadline or by the caller's own signal. */
  readonly cancellation: Cancellation
  /**
   * The token of the request, as a digest under a secret of the client; `undefined` for requests for metadata, keys and
   * access tokens of the client's own.
   */
  readonly fingerprint?: string | undefined
  /** Requests a connection that was never used, because another one was lost. Default `false`. */
  readonly freshConnection?: boolean | undefined
  /** Requests a connection that introspection does not use, so that neither waits for the other. Default `false`. */
  readonly apart?: boolean | undefined
}

/** The answer, with any status. */
export interface TransportReply {
  readonly status: number
  /** A header field by its lower-case name. */
  header(name: string): string | undefined
  readonly body: Uint8Array
}

/**
 * Sends one request and reads the whole answer. It must not follow redirects, must stop reading at `maxResponseBytes`,
 * and must reject with a `TransportUnreachableError` when there is no answer.
 */
export type Send = (request: TransportRequest) => Promise<TransportReply>

/** An answer that may be an event stream. */
export interface StreamReply extends TransportReply {
  /**
   * The body of an event stream, as it comes; then `body` is empty. `undefined` for every other answer, which is read
   * whole. `return()` of its iterator closes the connection at once, also while `next()` waits.
   */
  readonly chunks?: AsyncIterable<Uint8Array> | undefined
}

/**
 * Sends like {@link Send}, over a connection that introspection does not use, and gives the body of an event stream as
 * it comes. The cancellation of the request ends with the header fields of an event stream.
 */
export type SendStream = (request: TransportRequest) => Promise<StreamReply>

/** Sends requests, and closes its connections. */
export interface Transport {
  readonly send: Send
  /** Missing if this transport can only read whole answers. */
  readonly stream?: SendStream | undefined
  readonly close: () => Promise<void>
}

/** The settings of the default transport. */
export interface DefaultTransportOptions {
  /** Connections per origin: the highest number of requests at once. */
  readonly maxConnections: number
  /** How long a connection attempt may take, in milliseconds. */
  readonly connectTimeoutMs: number
  /**
   * The certificate of the client, and the trusted authorities. Runtimes that make connections themselves refuse it.
   */
  readonly tls?: TlsOptions | undefined
  /** The URL of a proxy, or `environment`. Runtimes that make connections themselves refuse it. */
  readonly proxy?: string | undefined
  /** The path of a Unix socket that gets every request. Runtimes that make connections themselves refuse it. */
  readonly socketPath?: string | undefined
  /** An undici `Dispatcher` to use. Runtimes without undici refuse it. */
  readonly dispatcher?: Dispatcher | undefined
}

/**
 * A `Dispatcher` of undici 7 or 8, such as an `Agent`, a `Pool` or a `ProxyAgent` of your own. The client does not
 * close it.
 */
export interface Dispatcher {
  dispatch(options: object, handler: object): boolean
}
