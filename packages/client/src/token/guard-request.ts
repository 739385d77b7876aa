/** What a guard reads of a request. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'

/**
 * Parameters by name, as body parsers give them: a string for a single parameter, an array for a repeated one. Some
 * parsers turn `access_token[]`, which is another name, into an array of one string, so such an array is refused like a
 * repeated token. `URLSearchParams` and `FormData` are forms too.
 */
export type RequestForm = Readonly<Record<string, unknown>> | FormEntries

/** The methods that `URLSearchParams` and `FormData` share. */
export interface FormEntries {
  getAll(name: string): readonly unknown[]
}

/** What a guard needs of a request; a web `Request` is one. */
export interface GuardRequest {
  /** The method as it came. Needed for DPoP, tokens in the body, and CORS preflights. */
  readonly method?: string | undefined
  /** The URL as it came, whole or from its path on. Needed for DPoP and tokens in the query. */
  readonly url?: string | undefined
  readonly headers: {
    /** A header field by its lower-case name; several fields come joined by a comma. */
    get(name: string): string | null | undefined
  }
  /**
   * The parameters of a form that somebody has parsed already, or a function that gives them when they are wanted. If the
   * function rejects, the form broke off and the guard refuses the request with 400. A web `Request` is read here instead,
   * from a copy.
   */
  readonly form?: RequestForm | (() => MaybePromise<RequestForm | undefined>) | undefined
  /**
   * The certificate the client has shown on this connection, as DER, or a function that reads it when a token is bound to
   * one; whoever has none leaves it out. Needed for certificate-bound tokens.
   */
  readonly clientCertificate?: Uint8Array | (() => Uint8Array | undefined) | undefined
  /**
   * The address at the other end of this connection, never one out of a header field. Needed for certificates that a proxy
   * writes into a field.
   */
  readonly remoteAddress?: string | (() => string | undefined) | undefined
}
