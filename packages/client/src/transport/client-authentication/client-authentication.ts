/** Seam: how this resource server authenticates to the introspection endpoint (RFC 7662 §2.1). */

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

/** One client authentication method with its credentials. There is exactly one per client (RFC 6749 §2.3). */
export interface ClientAuthentication {
  /** The registered name of the method. */
  readonly method: string
  /** The identifier this resource server is registered by. */
  readonly clientId: string
  /** Adds the credentials, within the deadline of the call. */
  authenticate(draft: RequestDraft): void | Promise<void>
}

/** Checks what every method with a shared secret is given; the secret itself is never named. */
export function checkSecretCredentials(clientId: unknown, clientSecret: unknown): void {
  for (const [name, value] of Object.entries({ clientId, clientSecret })) {
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name}: must be a non-empty string`)
    if (/[\x00-\x1f\x7f]/.test(value))
      throw new TypeError(`${name}: must not hold control characters (RFC 6749 appendix A)`)
  }
}
