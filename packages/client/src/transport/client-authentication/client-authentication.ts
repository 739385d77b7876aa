/** Seam: how this resource server authenticates to the introspection endpoint (RFC 7662 §2.1). */
import type { JsonObject } from '@token-introspection/core'
import type { TransportRequest } from '../transport.ts'
import type { AssertionPreset } from './assertion-options.ts'

/** A request being built; an authentication method adds what it needs, and nothing else. */
export interface RequestDraft {
  /** The introspection endpoint. */
  readonly endpoint: string
  /** The issuer identifier of the authorization server, where the client was given it. */
  readonly issuer: string | undefined
  /** Header fields by lower-case name. */
  readonly headers: Record<string, string>
  /** Form parameters. */
  readonly parameters: Record<string, string>
}

/** A request that is complete, for methods that sign all of it. */
export type SignableRequest = Pick<TransportRequest, 'method' | 'url' | 'headers' | 'body'>

/** What an IntrospectionClient tells its authentication method about itself. */
export interface ClientContext {
  /** The issuer identifier of the authorization server, where the client was given it. */
  readonly issuer: string | undefined
  /** Whether its connections have a client certificate; `undefined` where a `fetch` or `send` of yours makes them. */
  readonly hasClientCertificate: boolean | undefined
  /** What the option `provider` says about client assertions for its server. */
  readonly assertion?: AssertionPreset | undefined
  /** Milliseconds since the epoch, by the clock of the client. */
  readonly now: () => number
  /** Milliseconds that a call may take: `transport.deadlineMs`. What calls share may take twice as long. */
  readonly deadlineMs: number
  /** Whether a URL may be sent credentials: https, without fragment and credentials of its own. */
  isEndpoint(url: string): boolean
  /**
   * An endpoint of the authorization server by its name in the metadata, such as `token_endpoint`, for authenticating there
   * by `method`; the two methods with a certificate may have an endpoint of their own (RFC 8705 §5). To be asked
   * for each time: it may have moved, and asking costs nothing while the metadata are fresh.
   */
  findEndpoint(name: string, method: string): Promise<string>
  /** Posts a form as the client would, within a deadline of its own, and gives the JSON object it is answered with. */
  postForm(
    url: string,
    headers: Readonly<Record<string, string>>,
    parameters: Readonly<Record<string, string>>,
  ): Promise<JsonObject>
}

/**
 * One client authentication method with its credentials. There is exactly one per client (RFC 6749 §2.3).
 *
 * Security: a method with secrets keeps them where `JSON.stringify` and `console.log` do not find them.
 */
export interface ClientAuthentication {
  /** The registered name of the method. */
  readonly method: string
  /** The identifier this resource server is registered by, where the method has one. */
  readonly clientId: string | undefined
  /**
   * What the answers depend on besides method and identifier, such as the scope of the access token that is sent. Clients
   * that share a cache share no answer where it differs. No part of a secret is in it.
   */
  readonly cacheKeyPart?: string | undefined
  /** Adds the credentials, within the deadline of the call. */
  authenticate(draft: RequestDraft): void | Promise<void>
  /**
   * Called once by every client that is given this, when it is created; the client then uses what is returned.
   *
   * @throws TypeError when the method does not work with such a client.
   */
  prepare?(client: ClientContext): ClientAuthentication
  /** Called last, with the request as it will be sent; gives header fields to add, such as a signature over the rest. */
  signRequest?(request: SignableRequest): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** What to suspect when the credentials are refused, for the message of the error. No part of a secret is in it. */
  readonly advice?: string | undefined
  /**
   * Called when a request was answered 401, 403, or 400 with a challenge for a token. `true` says that there are other credentials now; the request is then made
   * once more with them, within the same deadline, and never a third time.
   */
  renew?(refused: SignableRequest): boolean | Promise<boolean>
}

/** Checks an identifier that a method needs; the error names it `clientId`. */
export function checkClientId(clientId: unknown): void {
  checkCredential('clientId', clientId)
}

/** Checks what every method with a shared secret is given; the secret itself is never named. */
export function checkSecretCredentials(clientId: unknown, clientSecret: unknown): void {
  checkCredential('clientId', clientId)
  checkCredential('clientSecret', clientSecret)
}

function checkCredential(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name}: must be a non-empty string`)
  if (/[\x00-\x1f\x7f]/.test(value))
    throw new TypeError(`${name}: must not hold control characters (RFC 6749 appendix A)`)
}
