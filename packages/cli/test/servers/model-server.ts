/** An authorization server on loopback that does everything right, except for what a test has it do. */
import { decodeBasicCredentials, parseAuthorization } from '@token-introspection/core'
import { type CameRequest, type CannedAnswer, type CannedServer, startCannedServer } from './canned-server.ts'

/** The caller that the server knows. */
export const CALLER = { id: 'orders-api', secret: 'a secret: 100%é' }

/** What the server does differently. */
export interface Behaviour {
  /** Answers instead of the server, where it returns something. */
  readonly instead?: (request: CameRequest, url: string) => CannedAnswer | undefined
  /** Members of the metadata. */
  readonly metadata?: (url: string) => object
  /** Whether the credentials are good. */
  readonly accepts?: (request: CameRequest, url: string) => boolean
  /** The answer about a token. `undefined` when it is not active. */
  readonly answerAbout?: (token: string, form: URLSearchParams, url: string) => object | undefined
}

/** Starts the server. */
export async function startModelServer(behaviour: Behaviour = {}): Promise<CannedServer> {
  const { accepts = isCaller, metadata, answerAbout } = behaviour
  let url = ''
  const server = await startCannedServer((request) => {
    const other = behaviour.instead?.(request, url)
    if (other !== undefined) return other
    const path = request.url?.split('?', 1)[0] ?? ''
    if (request.method === 'GET' && path.includes('/.well-known/')) {
      return json({
        issuer: url,
        introspection_endpoint: `${url}/introspect`,
        token_endpoint: `${url}/token`,
        ...metadata?.(url),
      })
    }
    if (path !== '/introspect') return json({ error: 'not_found' }, 404)
    if (!accepts(request, url)) return json({ error: 'invalid_client' }, 401)
    const form = new URLSearchParams(request.body)
    return json(answerAbout?.(form.get('token') ?? '', form, url) ?? { active: false })
  })
  url = server.url
  return server
}

/** Whether the request is from {@link CALLER}, by `client_secret_basic`. */
export function isCaller(
  { headers }: CameRequest,
  _url?: string,
  encoding: 'form' | 'raw' | 'latin1' = 'form',
): boolean {
  const basic = parseAuthorization(headers.authorization ?? '')
  const known = basic && decodeBasicCredentials(basic.token, encoding)
  return known?.clientId === CALLER.id && known.clientSecret === CALLER.secret
}

/** Whether the request is from {@link CALLER}, by `client_secret_post`. */
export function isCallerByPost({ body }: CameRequest): boolean {
  const form = new URLSearchParams(body)
  return form.get('client_id') === CALLER.id && form.get('client_secret') === CALLER.secret
}

/** An answer in JSON. */
export function json(body: unknown, status = 200): CannedAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
