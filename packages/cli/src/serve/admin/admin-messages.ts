/** What the commands `issue`, `list` and `revoke` send to the server, and what it answers. */

/** The beginning of the paths. */
export const ADMIN_PREFIX = '/admin'

/** The path of each operation. */
export const ADMIN_PATHS = {
  issue: `${ADMIN_PREFIX}/issue`,
  list: `${ADMIN_PREFIX}/list`,
  revoke: `${ADMIN_PREFIX}/revoke`,
} as const

/** A token to issue. What is left out is chosen by the server. */
export interface IssueCall {
  /** Default: the first client of the server. */
  readonly client_id?: string | undefined
  /** Default `alice`. */
  readonly sub?: string | undefined
  readonly username?: string | undefined
  /** Default: the audiences of the client. */
  readonly aud?: readonly string[] | undefined
  readonly scope?: string | undefined
  /** The thumbprint of a key to which the token is bound. */
  readonly jkt?: string | undefined
  /** Members of your own. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  readonly expiresInSeconds?: number | undefined
  /** The lifetime of a refresh token. Without it there is none. */
  readonly refreshExpiresInSeconds?: number | undefined
}

/** A token that the server knows. Its text is not there. */
export interface ServedToken {
  /** The identifier in the store, from which nobody can make the token. */
  readonly id: string
  readonly kind: 'access_token' | 'refresh_token'
  readonly client_id: string | undefined
  readonly sub: string | undefined
  readonly aud: readonly string[]
  readonly scope: string | undefined
  readonly iat: number | undefined
  readonly exp: number | undefined
  readonly grantId: string | undefined
}

/** Issued tokens. The only answer with the text of a token. */
export interface IssueAnswer {
  readonly access_token: string
  readonly refresh_token?: string | undefined
  readonly token: ServedToken
}

/** The live tokens of all clients. */
export interface ListAnswer {
  readonly tokens: readonly ServedToken[]
  /** Whether there are more than the answer holds. */
  readonly isCut: boolean
}

/** What to revoke: exactly one of these. */
export interface RevokeCall {
  /** The beginnings of identifiers. */
  readonly ids?: readonly string[] | undefined
  /** The token itself. */
  readonly token?: string | undefined
  readonly sub?: string | undefined
  readonly client_id?: string | undefined
  readonly grantId?: string | undefined
}

/** How many tokens a revocation ended. */
export interface RevokeAnswer {
  readonly revoked: number
  /** Beginnings of identifiers that fit no token, or more than one. */
  readonly unclear: readonly string[]
}
