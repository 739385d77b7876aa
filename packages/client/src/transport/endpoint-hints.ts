/** Advice about answers that are not those of an introspection endpoint. */

const OTHER_ENDPOINT =
  'There is no introspection endpoint at this URL. Give the URL of the endpoint as endpoint, or the issuer alone: the client then ' +
  'reads the URL in its metadata'

const MOVED =
  'The endpoint may have another URL, which belongs into endpoint; or a page to sign in, or a proxy, stands before it'

/** What a status suggests that no introspection endpoint answers. */
export const ENDPOINT_HINTS = {
  301: MOVED,
  302: MOVED,
  303: MOVED,
  307: MOVED,
  308: MOVED,
  404: OTHER_ENDPOINT,
  405: OTHER_ENDPOINT,
}

/** What a page in HTML suggests. */
export const HINT_AT_PAGE =
  'This is a page for people: check that endpoint is the URL of the introspection endpoint, and that no page to sign in and no ' +
  'proxy stands before it'
