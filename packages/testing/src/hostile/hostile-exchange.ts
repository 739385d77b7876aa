/** The request and the surroundings from which a scenario makes its answer. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A request as the server received it. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  /** The header fields: names in lower case, each with its list of values. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

/** One request to answer, and the facts that the answer needs. */
export interface HostileExchange {
  readonly request: ReceivedRequest
  readonly response: ServerResponse
  /** The connection, for answers that are not HTTP. */
  readonly socket: Socket
  /** The token in the request. */
  readonly token: string
  /** The authorization server that the client believes it talks to. */
  readonly issuer: string
  /** The audience and the scope that the resource server requires. */
  readonly audience: string
  readonly scope: string
  /** The current time, in seconds since the epoch. */
  readonly now: number
  /** A URL at another origin, without a slash at its end. Every request below it gets an `active` answer. */
  readonly elsewhere: string
}

/** An answer that passes every check. */
export function goodAnswer({ issuer, audience, scope, now }: HostileExchange) {
  return {
    active: true,
    iss: issuer,
    aud: audience,
    scope,
    sub: 'alice',
    client_id: 'web',
    token_type: 'Bearer',
    exp: now + 3600,
    iat: now - 60,
  }
}

/** The caller's credentials, from the `Authorization` field or from the form. Empty strings when the request has none. */
export function credentialsIn({ request }: HostileExchange): { readonly clientId: string; readonly secret: string } {
  const [field] = request.headers['authorization'] ?? []
  if (field === undefined || !/^basic /i.test(field)) {
    const form = new URLSearchParams(request.body)
    return { clientId: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
  }
  const credentials = Buffer.from(field.slice('basic '.length), 'base64').toString()
  const colon = credentials.indexOf(':')
  return { clientId: formDecode(credentials.slice(0, colon)), secret: formDecode(credentials.slice(colon + 1)) }
}

/** Decodes as RFC 6749 §2.3.1 says. A `%` that does not begin an escape stays. */
function formDecode(text: string): string {
  return new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? ''
}
