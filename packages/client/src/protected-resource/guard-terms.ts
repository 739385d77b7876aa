/** What one guard of a protected resource takes, and what that comes to for all of them (RFC 9728 §2). */
import { parseScope, type ProtectedResourceMetadata } from '@token-introspection/core'
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import type { GuardOptions, OptionalGuardOptions } from '../policy/policy-options.ts'

/** What one guard takes. */
export interface GuardTerms {
  /** Issuers, one of which a token must name; empty where any may. */
  readonly issuers: readonly string[]
  readonly scopes: readonly string[]
  readonly authorizationDetailsTypes: readonly string[]
  /** How bearer tokens are presented; empty where none is taken. */
  readonly bearerMethods: readonly string[]
  readonly dpopAlgorithms: readonly string[]
  readonly demandsDpop: boolean
  readonly certificates: boolean
}

/** The standard's words for where a token is. */
const METHODS = { header: 'header', form: 'body', query: 'query' } as const

/** Reads the terms of a guard off its options and its client; the options are known to be good. */
export function termsOf(options: GuardOptions | OptionalGuardOptions, accepts: AcceptedTokens): GuardTerms {
  const { certificates, dpopAlgorithms } = accepts
  const constraint = options.senderConstraint ?? accepts.senderConstraint
  const demandsDpop = constraint === 'dpop' || (constraint === 'any' && !certificates)
  return {
    issuers: toList(options.issuer) ?? accepts.issuers,
    scopes: scopesOf(options.scope),
    authorizationDetailsTypes: typesOf(options.authorizationDetails),
    bearerMethods: demandsDpop ? [] : accepts.sources.map((source) => METHODS[source]),
    dpopAlgorithms,
    demandsDpop,
    certificates,
  }
}

/** Says which stated member a guard does not keep; `undefined` when it keeps them all. */
export function findContradiction(stated: Partial<ProtectedResourceMetadata>, terms: GuardTerms): string | undefined {
  const {
    bearer_methods_supported: methods,
    dpop_signing_alg_values_supported: algorithms,
    dpop_bound_access_tokens_required: demandsDpop,
    tls_client_certificate_bound_access_tokens: certificates,
  } = stated
  // None at all means that bearer tokens are not taken. Fewer than are taken is a way not to recommend the others.
  const takesBearer = !terms.demandsDpop
  if (methods?.length === 0 && takesBearer) return 'bearer_methods_supported'
  if (takesBearer && !includesAll(terms.bearerMethods, methods)) return 'bearer_methods_supported'
  if (!includesAll(terms.dpopAlgorithms, algorithms)) return 'dpop_signing_alg_values_supported'
  if (demandsDpop !== undefined && demandsDpop !== terms.demandsDpop) return 'dpop_bound_access_tokens_required'
  if (certificates !== undefined && certificates !== terms.certificates)
    return 'tls_client_certificate_bound_access_tokens'
  return undefined
}

/**
 * What all guards together come to: scopes of any of them, ways that every one of them takes. Bearer methods are empty
 * where no guard takes bearer tokens, which is the one list that means something empty.
 */
export function combineTerms(guards: readonly GuardTerms[]): Partial<ProtectedResourceMetadata> {
  if (guards.length === 0) return {}
  const takingBearer = guards.filter((terms) => !terms.demandsDpop)
  return {
    authorization_servers: union(guards.map((terms) => terms.issuers)),
    scopes_supported: union(guards.map((terms) => terms.scopes)),
    bearer_methods_supported: intersection(takingBearer.map((terms) => terms.bearerMethods)),
    authorization_details_types_supported: union(guards.map((terms) => terms.authorizationDetailsTypes)),
    dpop_signing_alg_values_supported: intersection(guards.map((terms) => terms.dpopAlgorithms)),
    ...(takingBearer.length === 0 && { dpop_bound_access_tokens_required: true }),
    ...(guards.every((terms) => terms.certificates) && { tls_client_certificate_bound_access_tokens: true }),
  }
}

/** Each element of any list once, in the order they come. */
export function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())]
}

function intersection(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists
  return first.filter((element) => others.every((list) => list.includes(element)))
}

function includesAll(taken: readonly string[], wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.every((element) => taken.includes(element))
}

/** What a function wants is not to be known. */
function scopesOf(scope: GuardOptions['scope']): readonly string[] {
  if (scope === undefined || typeof scope === 'function') return []
  return union((typeof scope === 'string' ? [scope] : scope.anyOf).map((list) => parseScope(list)))
}

function typesOf(details: GuardOptions['authorizationDetails']): readonly string[] {
  return details === undefined || typeof details === 'function' ? [] : [details.type]
}

function toList(given: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof given === 'string' ? [given] : given
}
