/** What a guard requires and what the token has, as data and in one line of text. */
import { describeTokenKindFault, quote, type TokenKindFault } from '@token-introspection/core'

/**
 * What a guard requires and what the token has. Narrow it on `reason`. Texts are as the authorization server sent them, so
 * they are at most as large as `transport.maxResponseBytes` allows. But `[sent]` stands in place of each part of the token, and of
 * the credentials that this client has sent lately, because a server may repeat them. Values are for your program and your log. The response has none of them, except for the required scope and login, which its challenge names.
 */
export type Mismatch = TokenKindMismatch | IssuerMismatch | AudienceMismatch | ScopeMismatch | AuthenticationMismatch

/** The token is of another kind than an access token. */
export interface TokenKindMismatch extends TokenKindFault {
  readonly reason: 'token_kind'
}

/** The token names another issuer than those that the guard accepts. */
export interface IssuerMismatch {
  readonly reason: 'issuer'
  /** The accepted issuers. */
  readonly required: readonly string[]
  /** The `iss` of the token; `undefined` when it has none. */
  readonly found: string | undefined
}

/** The token is for another audience. */
export interface AudienceMismatch {
  readonly reason: 'audience'
  /** The audiences of this resource server, one of which is enough. */
  readonly required: readonly string[]
  /** The audiences of the token; `undefined` when it has none. */
  readonly found: readonly string[] | undefined
}

/** The token has too little scope. */
export interface ScopeMismatch {
  readonly reason: 'scope'
  /**
   * The scopes that the guard requires, as in the challenge: of several lists in `anyOf`, the first. `undefined` when a
   * function of yours decides.
   */
  readonly required: readonly string[] | undefined
  /** The scopes of the token; `undefined` when it has none. */
  readonly found: readonly string[] | undefined
  /** The required scopes that the token has neither by name nor by `scopeImplications`; `undefined` with `required`. */
  readonly missing: readonly string[] | undefined
}

/** The login of the user is too weak or too old. */
export interface AuthenticationMismatch {
  readonly reason: 'authentication'
  readonly required: {
    /** In order of preference; `undefined` when any class is enough. */
    readonly acrValues: readonly string[] | undefined
    /** `undefined` when any age is enough. */
    readonly maxAuthenticationAgeSeconds: number | undefined
  }
  readonly found: {
    /** `undefined` when the token has no readable `acr`. */
    readonly acr: string | undefined
    /** Seconds since `auth_time`, by the clock of this resource server; `undefined` when the token has no readable one. */
    readonly authenticationAgeSeconds: number | undefined
  }
  /** The members of the token that are not enough. */
  readonly missing: readonly ('acr' | 'auth_time')[]
}

/** Describes a mismatch in one line, for a log. Values are quoted and shortened. */
export function describeMismatch(mismatch: Mismatch): string {
  switch (mismatch.reason) {
    case 'token_kind':
      return describeTokenKindFault(mismatch)
    case 'issuer':
      return unexpected('iss', mismatch.found, mismatch.required)
    case 'audience':
      return unexpected('aud', mismatch.found, mismatch.required)
    case 'scope':
      return unexpected('scope', mismatch.found?.join(' '), mismatch.required?.join(' '))
    default:
      return mismatch.missing.map((member) => describeLogin(member, mismatch)).join('; ')
  }
}

function describeLogin(member: 'acr' | 'auth_time', { required, found }: AuthenticationMismatch): string {
  if (member === 'acr') return unexpected('acr', found.acr, required.acrValues)
  const { authenticationAgeSeconds: age } = found
  const limit = `${required.maxAuthenticationAgeSeconds} s ago`
  if (age === undefined) return `auth_time is absent, expected a login at most ${limit}`
  return age < 0
    ? `auth_time is ${Math.ceil(-age)} s in the future, expected a login at most ${limit}`
    : `the login was ${Math.ceil(age)} s ago, expected at most ${limit}`
}

function unexpected(member: string, found: unknown, required: unknown): string {
  const said = found === undefined ? `${member} is absent` : `unexpected ${member} ${quote(onlyOne(found))}`
  return required === undefined ? said : `${said}, expected ${quote(onlyOne(required))}`
}

function onlyOne(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value
}
