/** Step `token`: reads the access token from a request (RFC 6750 §2, RFC 9449 §7.1). */
import { parseAuthorization, readBearerToken } from '@token-introspection/core'
import { sayKind } from '@token-introspection/core/options'
import { FORM_TOO_LONG, type FoundForm } from './request-form.ts'
import type { FormEntries, GuardRequest, RequestForm } from './guard-request.ts'
import { readCookie } from './read-cookie.ts'
import { readCookieToken, readPlainToken } from './read-plain-token.ts'
import type { ResolvedSources } from './token-options.ts'

/** The places from which tokens are read. */
export interface TokenSources extends ResolvedSources {
  /** Whether `Authorization: DPoP` is accepted beside `Bearer`. */
  readonly dpop: boolean
}

/** How a token was presented. */
export interface Presented {
  readonly request: GuardRequest
  readonly scheme: 'Bearer' | 'DPoP'
  readonly source: 'header' | 'form' | 'query' | 'field' | 'cookie'
  readonly token: string
}

/**
 * What a request presents: a token, no token, credentials that break the grammar or contradict each other, or a form
 * that is too long to search for a token.
 */
export type PresentedToken =
  | ({ readonly kind: 'token' } & Presented)
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unread' }

const ABSENT = Object.freeze({ kind: 'absent' } as const)
const MALFORMED = Object.freeze({ kind: 'malformed' } as const)
const UNREAD = Object.freeze({ kind: 'unread' } as const)

/** A scheme as a whole word, at the start of the field or after a comma that joins two fields. */
const BEARER = /(?:^|,\s*)bearer(?![\w!#$%&'*+\-.^`|~])/i
const BEARER_OR_DPOP = /(?:^|,\s*)(?:bearer|dpop)(?![\w!#$%&'*+\-.^`|~])/i

/** A value in another place than the `Authorization` field. Anything but a string with characters is not a token. */
type FoundElsewhere = readonly [source: Exclude<Presented['source'], 'header'>, token: unknown]

/**
 * Reads the `Authorization` field, and the other places that the options allow. A token in two places makes the request
 * malformed (RFC 6750 §3.1).
 *
 * @param form - the parameters of the body, for sources that include the form.
 */
export function extractToken(request: GuardRequest, sources: TokenSources, form: FoundForm): PresentedToken {
  const inHeader = sources.header ? fromHeader(request, sources) : ABSENT
  if (!sources.form && !sources.query && sources.fields.length === 0 && sources.cookie === undefined) return inHeader
  return fromEverywhere(inHeader, request, sources, form)
}

/** What the other places have, beside the field. */
function fromEverywhere(
  inHeader: PresentedToken,
  request: GuardRequest,
  sources: TokenSources,
  form: FoundForm,
): PresentedToken {
  const others = [
    ...(sources.form && form !== undefined && form !== FORM_TOO_LONG ? formValues(form) : []).map(
      (token): FoundElsewhere => ['form', token],
    ),
    ...(sources.query ? queryValues(request.url) : []).map((token): FoundElsewhere => ['query', token]),
    ...sources.fields.flatMap((name) => fieldValues(request.headers.get(name))),
    ...cookieValues(request, sources.cookie),
  ]
  const [first] = others
  if (first === undefined) return form === FORM_TOO_LONG && inHeader.kind === 'absent' ? UNREAD : inHeader
  if (inHeader.kind !== 'absent' || others.length > 1) return MALFORMED
  const [source, token] = first
  return typeof token === 'string' && token !== ''
    ? { kind: 'token', scheme: 'Bearer', source, token, request }
    : MALFORMED
}

/** An empty field is none, as for `Authorization`: gateways send it for a variable without a value. */
function fieldValues(value: string | null | undefined): readonly FoundElsewhere[] {
  return value === undefined || value === null || value === '' ? [] : [['field', readPlainToken(value)]]
}

/** An empty cookie is none: some servers delete a cookie by an empty value. */
function cookieValues({ headers }: GuardRequest, cookie: TokenSources['cookie']): readonly FoundElsewhere[] {
  if (cookie === undefined) return []
  const values = readCookie(headers.get('cookie'), cookie.name)
  if (values === undefined) return [['cookie', undefined]]
  return values.filter((value) => value !== '').map((value) => ['cookie', readCookieToken(value)])
}

function fromHeader(request: GuardRequest, { dpop }: TokenSources): PresentedToken {
  const field = request.headers.get('authorization')
  if (typeof field !== 'string') return fromNoField(field)
  const bearer = readBearerToken(field)
  if (bearer !== undefined) return { kind: 'token', scheme: 'Bearer', source: 'header', token: bearer, request }
  return fromUnusualField(field, request, dpop)
}

/** @throws TypeError for a list of fields, which some frameworks give. The field is not quoted. */
function fromNoField(field: unknown): PresentedToken {
  if (field === null || field === undefined) return ABSENT
  throw new TypeError(`request.headers.get('authorization'): must return a string, not ${sayKind(field)}`)
}

/** A field that is not `Bearer`, one space and a token. */
function fromUnusualField(field: string, request: GuardRequest, dpop: boolean): PresentedToken {
  const credentials = parseAuthorization(field)
  if (credentials?.scheme === 'bearer')
    return { kind: 'token', scheme: 'Bearer', source: 'header', token: credentials.token, request }
  if (dpop && credentials?.scheme === 'dpop')
    return { kind: 'token', scheme: 'DPoP', source: 'header', token: credentials.token, request }
  // Two fields, two tokens, quotes or a tab after the scheme make the request malformed. Another scheme is ignored.
  return (dpop ? BEARER_OR_DPOP : BEARER).test(field) ? MALFORMED : ABSENT
}

/**
 * The value of `access_token`. An array in a plain object is not a token: it comes from a repeated parameter or another
 * name.
 */
function formValues(form: RequestForm): readonly unknown[] {
  if (typeof form.getAll === 'function') return (form as FormEntries).getAll('access_token')
  const value = Object.hasOwn(form, 'access_token') ? (form as Record<string, unknown>)['access_token'] : undefined
  return value === undefined ? [] : [value]
}

function queryValues(url: string | undefined): readonly string[] {
  const start = url === undefined ? -1 : url.indexOf('?')
  if (url === undefined || start === -1) return []
  const end = url.indexOf('#', start)
  return new URLSearchParams(url.slice(start + 1, end === -1 ? undefined : end)).getAll('access_token')
}
