/** Doubles of real servers: each gives one answer of the server, as it was on the wire, about one token. */
import { readFileSync } from 'node:fs'
import type { Provider } from '@token-introspection/client'
import { hydra, keycloak, springAuthorizationServer } from '@token-introspection/client/providers'
import { type CannedAnswer, type CannedServer, startCannedServer } from '../servers/canned-server.ts'
import { isCaller, json } from '../servers/model-server.ts'
import { unsignedJwt } from './unsigned-jwt.ts'

/** An answer of a real server. */
export interface RealAnswer {
  readonly server: string
  /** The token that was introspected, or the way of asking. */
  readonly about: string
  /** The decision of a guard: `allowed`, or the status and the reason. */
  readonly guard: string
  readonly status: number
  readonly contentType?: string
  readonly body?: unknown
}

/** The answers, which the tests of the presets read, too. */
export const REAL_ANSWERS = JSON.parse(
  readFileSync(new URL('../../../client/test/providers/real-answers.json', import.meta.url), 'utf8'),
) as readonly RealAnswer[]

/** What the doctor needs to examine a double. */
export interface RealServer extends CannedServer {
  readonly issuer: string
  readonly preset: Provider | undefined
  readonly audience: string | undefined
  readonly token: string
  /** The moment of the answer, in milliseconds since the epoch. */
  readonly now: number
}

interface Kind {
  /** The path of the issuer. */
  readonly path?: string
  readonly preset?: (url: string) => Provider
  /** Default: the server gives tokens none that a resource server could require. */
  readonly audience?: string
  /** Whether it answers without credentials. */
  readonly isOpen?: boolean
}

/** By the first word of the server's name. */
const KINDS: Readonly<Record<string, Kind>> = {
  Keycloak: {
    path: '/realms/acme',
    preset: (url) => keycloak({ url, realm: 'acme' }),
    audience: 'orders-api',
  },
  Hydra: {
    preset: (url) => hydra({ adminUrl: url, issuer: url }),
    audience: 'https://orders.example.com',
    isOpen: true,
  },
  Spring: { preset: (url) => springAuthorizationServer({ issuer: url }) },
  // A library without a preset.
  fosite: { audience: 'https://orders.example.com' },
}

/** What the tokens say that Keycloak calls inactive: they are JWTs. */
const CLAIMS: Readonly<Record<string, (issuer: string) => object>> = {
  refresh: (aud) => ({ typ: 'Refresh', aud }),
  'refresh by own client': (aud) => ({ typ: 'Refresh', aud }),
  'offline refresh': (aud) => ({ typ: 'Offline', aud }),
  'id token': () => ({ typ: 'ID', aud: 'app' }),
  noaud: () => ({ typ: 'Bearer' }),
  otheraud: () => ({ typ: 'Bearer', aud: 'jwtclaim-api' }),
}

/** In the answers it stands for the origin of the server. */
const ORIGIN = 'https://as.example.com'
/** About when the answers were given, for those that name no time. */
const THEN = 1_795_984_000

/** Starts the double for one answer. */
export async function startRealServer({ server, about, status, contentType, body }: RealAnswer): Promise<RealServer> {
  const name = server.split(' ')[0] ?? ''
  const { path = '', preset, audience, isOpen = false } = KINDS[name] ?? {}
  const { exp, iat } = (body ?? {}) as { readonly exp?: number; readonly iat?: number }
  const seconds = (iat ?? (exp === undefined ? THEN : exp - 60)) + 1
  let url = ''
  let token = 'a-token-of-the-double'
  const answered = (): CannedAnswer => ({
    status,
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    body: (typeof body === 'string' ? body : (JSON.stringify(body ?? undefined) ?? '')).replaceAll(ORIGIN, url),
  })
  const double = await startCannedServer((request) => {
    const isAsked = new URLSearchParams(request.body).get('token') === token
    const answer =
      request.method === 'GET'
        ? json({ issuer: url + path, introspection_endpoint: `${url}/introspect` })
        : status >= 400 || (isAsked && (isOpen || isCaller(request)))
          ? answered()
          : isOpen || isCaller(request)
            ? json({ active: false })
            : json({ error: 'invalid_client' }, 401)
    return { ...answer, headers: { ...answer.headers, date: new Date(seconds * 1000).toUTCString() } }
  })
  ;({ url } = double)
  const issuer = url + path
  const claims = name === 'Keycloak' ? CLAIMS[about]?.(issuer) : undefined
  if (claims !== undefined) token = unsignedJwt({ iss: issuer, iat: seconds, exp: seconds + 60, ...claims })
  return { ...double, issuer, preset: preset?.(url), audience, token, now: seconds * 1000 }
}
