/** A request and a response as plain data, independent of any framework. The pipeline works on them. */
import type { Form } from '@token-introspection/core'

/** A body as an adapter provides it: octets, text, or a form that a framework has already parsed. */
export type RequestBody = Uint8Array | string | Form

/** The client certificate of a TLS connection. */
export interface PeerCertificate {
  /** The certificate in DER. */
  readonly der: Uint8Array
  /** Whether TLS validated its chain up to one of your trust anchors. */
  readonly chainValidated: boolean
}

/** One HTTP request. */
export interface HttpRequest {
  /** The method as it was sent. Methods are case-sensitive (RFC 9110 §9.1). */
  readonly method: string
  /**
   * Returns a header field by its lower-case name, or `undefined`. Repeated fields are joined by `, `, so that a second
   * `Authorization` is noticed and not dropped.
   */
  header(name: string): string | undefined
  /**
   * Reads the body, once.
   *
   * @throws RequestTooLargeError when more than `maxBytes` octets have arrived.
   */
  readBody(maxBytes: number): RequestBody | Promise<RequestBody>
  /** Whether the host can send a body in parts. Default `true`. Otherwise the revocation feed answers with pages only. */
  readonly canStream?: boolean | undefined
  /** The query of the URL, without the question mark. Only the revocation feed reads it. */
  query?(): string | undefined
  /** The address of the connection, if the host knows it. It never comes from a header field. */
  remoteAddress?(): string | undefined
  /**
   * A signal that is aborted when the sender disconnects before its answer, if the host knows it. Only lookups that can be
   * aborted ask for it.
   */
  signal?(): AbortSignal | undefined
  /** The client certificate of the connection, if the host knows it and the sender has one. */
  peerCertificate?(): PeerCertificate | undefined
}

/** One HTTP response. */
export interface HttpResponse {
  readonly status: number
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The body. It is not sent in reply to HEAD (RFC 9110 §9.3.2). */
  readonly body: string
  /** A body that is sent in parts, instead of `body`. The length is not known, and so there is no `content-length`. */
  readonly stream?: StreamedBody | undefined
}

/**
 * A body in parts. An adapter calls it once, when it has sent the head.
 *
 * @returns a function that the adapter calls once when the connection is over, ended by either side.
 */
export type StreamedBody = (receiver: BodyReceiver) => () => void

/** The end of a connection to which the parts go. No method throws, also after the connection is over. */
export interface BodyReceiver {
  /** Sends a part soon. It does not wait, so look at `unsentBytes` first. The octets are shared, and must not change. */
  send(octets: Uint8Array): void
  /** The octets that were passed to `send` and that the connection has not taken yet. */
  unsentBytes(): number
  /** Ends the body after the parts so far. */
  end(): void
  /** Whether the server takes no more connections, and waits for those that it has. */
  isClosing?(): boolean
  /** Breaks the connection off, for a receiver that does not read. */
  drop(): void
}

/** The form of every endpoint of these packages. Adapters mount it. */
export interface HttpHandler {
  /** The fetch form. It ignores the URL, so mount it at the URL in the metadata. Rejects only what is not a web `Request`. */
  (request: Request): Promise<Response>
  /**
   * The plain-data form the adapters use. It returns the response itself when the body is there and everything the handler asks,
   * such as the store and the registry, answers at once; otherwise a promise. Never throws, never rejects.
   */
  readonly handle: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>
}
