/** The terms of one guard of a protected resource, and the combined terms of all (RFC 9728 §2). */
import { parseScope, type ProtectedResourceMetadata } from '@token-introspection/core'
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import type { GuardOptions, OptionalGuardOptions } from '../policy/policy-options.ts'

/** The terms of one guard. */
export interface GuardTerms {
  /** Issuers, one of which a token must name. Empty when any issuer is accepted. */
  readonly issuers: readonly string[]
  readonly scopes: readonly string[]
  readonly authorizationDetailsTypes: readonly string[]
  /** How bearer tokens are presented. Empty when the guard accepts none. */
  readonly bearerMethods: readonly string[]
  readonly dpopAlgorithms: readonly string[]
  readonly demandsDpop: boolean
  readonly certificates: boolean
}

/** The standard's words for the token sources. */
const METHODS = { header: 'header', form: 'body', query: 'query' } as const

/** Reads the terms of a guard from its options and its client. The options have been checked before. */
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

/** The name of a stated member that the guard contradicts; `undefined` when there is none. */
export function findContradiction(stated: Partial<ProtectedResourceMetadata>, terms: GuardTerms): string | undefined {
  const {
    bearer_methods_supported: methods,
    dpop_signing_alg_values_supported: algorithms,
    dpop_bound_access_tokens_required: demandsDpop,
    tls_client_certificate_bound_access_tokens: certificates,
  } = stated
  // An empty list says that bearer tokens are refused. A shorter list is allowed: it only does not recommend the other
  // methods.
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
 * The combined terms of all guards: the scopes of any guard, and the ways of presenting a token that every guard
 * accepts. Bearer methods are empty when no guard accepts bearer tokens. Only this list has a meaning when it is empty.
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

/** Every element of the lists once, in order. */
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

/** The requirements of a function are unknown. */
function scopesOf(scope: GuardOptions['scope']): readonly string[] {
  if (scope === undefined || typeof scope === 'function') return []
  const lists = typeof scope === 'string' ? [scope] : 'anyOf' in scope ? scope.anyOf : scope
  return union(lists.map((list) => parseScope(list)))
}

function typesOf(details: GuardOptions['authorizationDetails']): readonly string[] {
  return details === undefined || typeof details === 'function' ? [] : [details.type]
}

function toList(given: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof given === 'string' ? [given] : given
}
