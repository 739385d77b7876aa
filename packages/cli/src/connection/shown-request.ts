/** A request as it may be printed. Credentials and tokens are hidden by their place, so also those that nobody has noted as secrets. */
import type { Fields, SentRequest } from './exchange.ts'
import type { KnownSecrets } from './known-secrets.ts'

/** A request without credentials. */
export interface ShownRequest {
  readonly method: string
  readonly url: string
  readonly headers: Fields
  /** The parameters of the form. Of a repeated one, the last. */
  readonly parameters: Fields
}

/** Fields whose value is a credential. */
const HIDDEN_FIELDS = new Set(['authorization', 'proxy-authorization', 'cookie'])

/** Parameters whose value is a credential or a token, and what is printed in its place. */
const HIDDEN_PARAMETERS: Readonly<Record<string, string>> = {
  token: 'the token',
  client_secret: 'the secret',
  client_assertion: 'a JWT that authenticates the caller',
  refresh_token: 'a refresh token',
}

/** Notes the credentials that were made for a request, because the answer may repeat them. */
export function noteCredentials({ headers, body }: SentRequest, secrets: KnownSecrets): void {
  const assertion = new URLSearchParams(body).get('client_assertion')
  if (assertion !== null) secrets.add(assertion, HIDDEN_PARAMETERS['client_assertion'] ?? '')
  for (const name of HIDDEN_FIELDS) {
    const value = headers[name]
    if (value !== undefined) secrets.add(value.slice(value.indexOf(' ') + 1), 'credentials')
  }
}

/** Hides what must not be printed. */
export function showRequest({ method, url, headers, body }: SentRequest, secrets: KnownSecrets): ShownRequest {
  return {
    method,
    url: secrets.hide(hideQuery(url)),
    headers: mapValues(headers, (value, name) =>
      HIDDEN_FIELDS.has(name) ? hideCredentials(value) : secrets.hide(value),
    ),
    parameters: Object.fromEntries(showParameters(body, secrets)),
  }
}

/** The parameters of a form in their order, also repeated ones. */
export function showParameters(body: string, secrets: KnownSecrets): [name: string, value: string][] {
  return [...new URLSearchParams(body)].map(([name, value]) => [
    secrets.hide(name),
    Object.hasOwn(HIDDEN_PARAMETERS, name.toLowerCase()) && value !== ''
      ? `(${HIDDEN_PARAMETERS[name.toLowerCase()] ?? ''})`
      : secrets.hide(value),
  ])
}

/** The URL with the same parameters hidden. */
function hideQuery(url: string): string {
  return url.replace(/([?&])(token|client_secret|client_assertion|refresh_token)=[^&#]*/gi, '$1$2=…')
}

/** Only the scheme stays. */
function hideCredentials(value: string): string {
  const scheme = /^[A-Za-z]+(?= )/.exec(value)?.[0]
  return scheme === undefined ? '(credentials)' : `${scheme} (credentials)`
}

function mapValues(fields: Fields, change: (value: string, name: string) => string): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value, name)]))
}
