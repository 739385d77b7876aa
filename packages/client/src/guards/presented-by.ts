/** Finds the token of a request again, in the places from which a guard reads tokens. */
import { isPromise } from '@token-introspection/core/maybe-promise'
import { extractToken, type PresentedToken, type TokenSources } from '../token/extract-token.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { readRequestForm } from '../token/request-form.ts'
import { requireGuardRequest } from '../token/require-guard-request.ts'

/** Gives the token of a request; `undefined` when there is none, or when it is in a form that only the guard can read. */
export type PresentedTokenOf = (request: GuardRequest) => string | undefined

/** What a request presents. A form that is not parsed yet is not read: `unread`. */
export function presentedBy(request: GuardRequest, sources: TokenSources): PresentedToken {
  requireGuardRequest(request)
  const presented = extractToken(request, sources, undefined)
  if (presented.kind !== 'absent' || !sources.form) return presented
  const form = readRequestForm(request)
  return isPromise(form) ? { kind: 'unread' } : extractToken(request, sources, form)
}

/** Creates `presentedToken` of a guard. */
export function presentedTokenBy(sources: TokenSources): PresentedTokenOf {
  return (request) => {
    const presented = presentedBy(request, sources)
    return presented.kind === 'token' ? presented.token : undefined
  }
}
