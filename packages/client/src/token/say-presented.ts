/** Step `token`: why a request presents no token that a guard takes, in words for the operator. */
import type { TokenSources } from './extract-token.ts'

/** Why no token was found. */
export const ABSENT_DETAIL = 'the request has no token where this guard looks'

/** Why the request is malformed. */
export const MALFORMED_DETAIL = 'the request has two tokens, or credentials that break the grammar'

/** What to send in place of a malformed request. */
export const MALFORMED_REMEDY =
  'Send one token in one place, as "Authorization: Bearer TOKEN" without quotes and line breaks (RFC 6750 §2.1).'

/** What to send in place of a request without a token. */
export function sayPlaces({ header, form, query, fields, cookie }: TokenSources): string {
  const places = [
    ...(header ? ['as "Authorization: Bearer TOKEN"'] : []),
    ...(form ? ['as access_token in a form'] : []),
    ...(query ? ['as access_token in the query'] : []),
    ...fields.map((name) => `in the field ${name}`),
    ...(cookie === undefined ? [] : [`in the cookie ${cookie.name}`]),
  ]
  return `Send the token ${places.join(', or ')}.`
}
