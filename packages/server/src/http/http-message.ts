/** A request and a response as plain data: what the pipeline takes and gives, whatever framework is around it. */
import type { Form } from '@token-introspection/core'

/** What an adapter can hand over as a body: octets, text, or a form a framework has parsed already. */
export type RequestBody = Uint8Array | string | Form

/** The certificate a TLS connection was made with. */
export interface PeerCertificate {
  /** The certificate itself, DER. */
  readonly der: Uint8Array
  /** Whether TLS validated its chain, up to a trust anchor of yours. */
  readonly chainValidated: boolean
}

/** One HTTP request. */
export interface HttpRequest {
  /** The method as it was sent; methods are case-sensitive (RFC 9110 §9.1). */
  readonly method: string
  /**
   * A header field by its lower-case name; `undefined` when absent. Fields that stand several times come joined by
   * `, `, so that a second `Authorization` is seen and not dropped.
   */
  header(name: string): string | undefined
  /**
   * Reads the body, once.
   *
   * @throws RequestTooLargeError as soon as more than `maxBytes` have come.
   */
  readBody(maxBytes: number): RequestBody | Promise<RequestBody>
  /** The address the connection comes from, where the host tells; never taken from a header field. */
  remoteAddress?(): string | undefined
  /**
   * A signal that is aborted when the sender goes away before its answer, where the host tells. Asked for only by lookups
   * that can give up.
   */
  signal?(): AbortSignal | undefined
  /** The certificate of the connection, where the host tells and the sender has one. */
  peerCertificate?(): PeerCertificate | undefined
}

/** One HTTP response. */
export interface HttpResponse {
  readonly status: number
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** What to send, unless the method was HEAD (RFC 9110 §9.3.2). */
  readonly body: string
}

/** What every endpoint of these packages is, and what adapters mount. */
export interface HttpHandler {
  /** The fetch form. The URL is ignored, so mount it wherever the metadata says. Never rejects. */
  (request: Request): Promise<Response>
  /** The plain-data form the adapters use. Never rejects. */
  readonly handle: (request: HttpRequest) => Promise<HttpResponse>
}
