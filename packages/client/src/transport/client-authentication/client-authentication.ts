/** Seam: how this resource server authenticates to the introspection endpoint (RFC 7662 §2.1). */
import type { JsonObject } from '@token-introspection/core'
import { type OptionGroup, sayKind } from '@token-introspection/core/options'
import type { TransportRequest } from '../transport.ts'
import type { AssertionPreset } from './assertion-options.ts'

/** A request before it is sent. An authentication method adds what it needs, and nothing else. */
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

/** A complete request, for methods that sign all of it. */
export type SignableRequest = Pick<TransportRequest, 'method' | 'url' | 'headers' | 'body'>

/** The answer to a request whose credentials were refused. */
export interface CredentialRefusal {
  readonly status: number
  /** A header field by its lower-case name; `undefined` when the answer has none. */
  header(name: string): string | undefined
}

/** The properties of an IntrospectionClient that its authentication method may need. */
export interface ClientContext {
  /** The issuer identifier of the authorization server, where the client was given it. */
  readonly issuer: string | undefined
  /**
   * Whether the connections have a client certificate; `undefined` when a `fetch` or `send` of yours makes the
   * connections.
   */
  readonly hasClientCertificate: boolean | undefined
  /** The assertion options of the preset in option `provider`. */
  readonly assertion?: AssertionPreset | undefined
  /** Milliseconds since the epoch, by the clock of the client. */
  readonly now: () => number
  /** Milliseconds that a call may take: `transport.deadlineMs`. Work that calls share may take twice as long. */
  readonly deadlineMs: number
  /** Whether credentials may be sent to a URL: it is https, without a fragment and credentials of its own. */
  isEndpoint(url: string): boolean
  /**
   * Finds an endpoint of the authorization server by its name in the metadata, such as `token_endpoint`, for
   * authentication by `method`. The two methods with a certificate may have an endpoint of their own (RFC 8705 §5).
   * Call it for each request, because the endpoint may have moved; it costs nothing while the metadata are fresh.
   */
  findEndpoint(name: string, method: string): Promise<string>
  /**
   * The client authentication methods that the metadata of the issuer name for the introspection endpoint; `undefined` when
   * they name none, because the member has no default (RFC 8414 §2).
   */
  findSupportedMethods(): Promise<readonly string[] | undefined>
  /**
   * Posts a form with the client's transport, within a deadline of its own, and returns the JSON object of the answer.
   */
  postForm(
    url: string,
    headers: Readonly<Record<string, string>>,
    parameters: Readonly<Record<string, string>>,
  ): Promise<JsonObject>
}

/**
 * One client authentication method with its credentials. There is exactly one per client (RFC 6749 §2.3).
 *
 * Security: a method keeps its secrets where `JSON.stringify` and `console.log` do not show them.
 */
export interface ClientAuthentication {
  /** The registered name of the method. */
  readonly method: string
  /** The identifier of this resource server at the authorization server, if the method has one. */
  readonly clientId: string | undefined
  /**
   * The settings of the method that answers depend on, in addition to method and identifier, such as the scope of the
   * access token. Clients that share a cache share answers only when this is equal. It holds no part of a secret.
   */
  readonly cacheKeyPart?: string | undefined
  /** Adds the credentials, within the deadline of the call. */
  authenticate(draft: RequestDraft): void | Promise<void>
  /**
   * Every client with this method calls it once, when it is created. The client then uses the returned method.
   *
   * @throws TypeError when the method does not work with such a client.
   */
  prepare?(client: ClientContext): ClientAuthentication
  /**
   * Called last, with the request as it will be sent. Returns header fields to add, such as a signature over the
   * request.
   */
  signRequest?(request: SignableRequest): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** A possible reason when the server refuses the credentials, for the error message. It holds no part of a secret. */
  readonly advice?: string | undefined
  /**
   * Called when a request was answered 401, 403, or 400 with a challenge for a token or for the proof of an attestation. `true`
   * means that the credentials have changed. The client then repeats the request once, within the same deadline, and never
   * a third time.
   *
   * @param refusal - the answer, whose header may say what the credentials lack. The client always gives it.
   */
  renew?(refused: SignableRequest, refusal?: CredentialRefusal): boolean | Promise<boolean>
}

/**
 * Reads option `clientAuthentication` of a group; `undefined` when the caller did not give it.
 *
 * @throws TypeError that names the option, when it is no client authentication.
 */
export function readClientAuthentication(group: OptionGroup): ClientAuthentication | undefined {
  const given = group.raw('clientAuthentication') as ClientAuthentication | null | undefined
  if (given === undefined || typeof given?.authenticate === 'function') return given
  throw group.error(
    'clientAuthentication',
    'must be what a function such as clientSecretBasic(clientId, clientSecret) returns, or another object with authenticate(), ' +
      `not ${typeof given === 'object' && given !== null ? 'an object without it' : sayKind(given)}`,
  )
}

/** Checks the identifier that a method needs. The error names it `clientId`. */
export function checkClientId(clientId: unknown): void {
  checkCredential('clientId', clientId)
}

/** Checks the arguments of every method with a shared secret. Errors never quote the secret. */
export function checkSecretCredentials(clientId: unknown, clientSecret: unknown): void {
  checkCredential('clientId', clientId)
  checkCredential('clientSecret', clientSecret)
}

function checkCredential(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    const isMissing = value === undefined || value === ''
    const suspicion = isMissing ? '. If it comes from an environment variable, check that the variable is set' : ''
    throw new TypeError(`${name}: must be a non-empty string, not ${sayKind(value)}${suspicion}`)
  }
  if (/[\x00-\x1f\x7f]/.test(value))
    throw new TypeError(`${name}: must not hold control characters (RFC 6749 appendix A)`)
}
