/** A row of the table: a request in a situation, and what becomes of it. */
import type { Fetch, GuardOptions, OptionalGuardOptions, TokenOptions } from '@token-introspection/client'
import type { ExpectedRefusal } from './expected-refusal.ts'
import type { SentRequest } from './sent-request.ts'

/** Requests that are refused, with the response. */
export type RefusedCase = readonly [
  title: string,
  request: SentRequest,
  expected: ExpectedRefusal,
  situation?: Situation,
]

/** Requests that pass, with the token that the handler sees and the fields of the response. */
export type AllowedCase = readonly [
  title: string,
  request: SentRequest,
  seen: { readonly sub?: string; readonly body?: string },
  fields?: Readonly<Record<string, string | undefined>>,
  situation?: Situation,
]

/** The options of the guard, and the answer of the authorization server. */
export interface Situation {
  readonly guard?: GuardOptions | OptionalGuardOptions
  /** The option group `token`. */
  readonly token?: TokenOptions
  /** Members in addition to the valid ones. */
  readonly members?: Readonly<Record<string, unknown>>
  /** A whole answer in place of one made of members. */
  readonly reply?: Fetch
}
