/** The part of a request that a guard reads. */
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

/** The request that a guard accepts. A web `Request` is one. */
export interface GuardRequest {
  /** The method, unchanged. Needed for DPoP, tokens in the body, and CORS preflights. */
  readonly method?: string | undefined
  /** The URL, unchanged, whole or from its path on. Needed for DPoP and tokens in the query. */
  readonly url?: string | undefined
  readonly headers: {
    /** A header field by its lower-case name. Several fields are joined by a comma. */
    get(name: string): string | null | undefined
  }
  /**
   * The parameters of a parsed form, or a function that returns them on demand. If the function rejects, the form broke
   * off, and the guard refuses the request with 400. For a web `Request`, leave it out: the guard reads a copy of the
   * body.
   */
  readonly form?: RequestForm | (() => MaybePromise<RequestForm | undefined>) | undefined
  /**
   * The client certificate of this connection as DER, or a function that reads it on demand. Leave it out when there is
   * no certificate. Needed for certificate-bound tokens.
   */
  readonly clientCertificate?: Uint8Array | (() => Uint8Array | undefined) | undefined
  /**
   * The address at the other end of this connection, never one from a header field. Needed for certificates that a
   * proxy writes into a field.
   */
  readonly remoteAddress?: string | (() => string | undefined) | undefined
  /**
   * Finds the further scope that this one request needs, beside that of the guard, when only its body says so. The guard calls it once
   * the token is good, is the sender's and has the scope of the guard, so nothing is read for other requests. The challenge of a
   * token that lacks some of it names all of it, with the scope of the guard. If it throws or rejects, so does the guard.
   *
   * Security: a function of your own that wraps the guard has to pass this member on.
   */
  readonly requiredScope?: (() => MaybePromise<readonly string[]>) | undefined
}
