/** What a scenario is given to answer with. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A request as it came. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  /** Field names in lower case, each with its values. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

/** One request to answer, and what is to be known for it. */
export interface HostileExchange {
  readonly request: ReceivedRequest
  readonly response: ServerResponse
  /** The connection, for answers that are no HTTP. */
  readonly socket: Socket
  /** The token that was asked about. */
  readonly token: string
  /** The authorization server that the client believes to talk to. */
  readonly issuer: string
  /** The audience and the scope that the resource server wants. */
  readonly audience: string
  readonly scope: string
  /** Seconds since the epoch. */
  readonly now: number
  /** A URL at another origin, without a slash at its end, below which everything is answered with `active`. */
  readonly elsewhere: string
}

/** An answer that passes every check there is. */
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

/** Whoever asks, as the `Authorization` field says or the form; empty where neither does. */
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

/** RFC 6749 §2.3.1; a `%` that encodes nothing stays. */
function formDecode(text: string): string {
  return new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? ''
}
