/** Step `token`: take the access token from a request (RFC 6750 §2.1). */
import { parseAuthorization } from '@token-introspection/core'

/** What a guard needs of a request; a web `Request` is one. */
export interface GuardRequest {
  readonly headers: {
    /** A header field by its lower-case name; several fields come joined by a comma. */
    get(name: string): string | null | undefined
  }
}

/** What a request presents: a token, nothing we take, or credentials that break the grammar. */
export type PresentedToken =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }

/** `Bearer` as a whole scheme, at the start of the field or of a second one joined to it. */
const BEARER = /(?:^|,\s*)bearer(?![\w!#$%&'*+\-.^`|~])/i

/** Reads the `Authorization` field. The query and the body are never looked at. */
export function extractToken(request: GuardRequest): PresentedToken {
  const field = request.headers.get('authorization')
  if (field === null || field === undefined) return { kind: 'absent' }
  const credentials = parseAuthorization(field)
  if (credentials?.scheme === 'bearer') return { kind: 'token', token: credentials.token }
  // Two fields, two tokens, quotes or a tab after `Bearer` are a broken request; another scheme is none of ours.
  return BEARER.test(field) ? { kind: 'malformed' } : { kind: 'absent' }
}
