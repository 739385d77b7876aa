/** Step `token`: whether a request with a token in a cookie comes from a page that may send it. */
import { quote } from '@token-introspection/core'
import type { GuardRequest } from './guard-request.ts'

/** Methods that change nothing (RFC 9110 §9.2.1). The names have case. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Why a request may come from a page of another site, for the log; `undefined` when it does not, or cannot change anything.
 *
 * A page cannot set `Sec-Fetch-Site` or `Origin`. A request without both is refused, because an old browser sends it for a
 * page of any site. Browsers open a WebSocket for any page, so an upgrade needs the proof, too.
 *
 * nginx and Traefik ask about a request without its `Upgrade`, which belongs to a connection (RFC 9110 §7.8). The version of
 * the WebSocket stays, and every browser sends it (RFC 6455 §4.1).
 */
export function foreignOrigin(
  { method, headers }: GuardRequest,
  allowedOrigins: ReadonlySet<string>,
): string | undefined {
  const opensSocket = isSent(headers.get('upgrade')) || isSent(headers.get('sec-websocket-version'))
  if (method !== undefined && SAFE.has(method) && !opensSocket) return undefined
  const site = headers.get('sec-fetch-site')
  if (site === 'same-origin') return undefined
  const origin = headers.get('origin')
  if (isSent(origin) && allowedOrigins.has(origin)) return undefined
  return `${describe('Sec-Fetch-Site', site)} and ${describe('Origin', origin)}, expected "same-origin" or an origin in token.cookie.allowedOrigins`
}

function isSent(field: string | null | undefined): field is string {
  return field !== undefined && field !== null && field !== ''
}

function describe(name: string, field: string | null | undefined): string {
  return isSent(field) ? `${name} is ${quote(field)}` : `${name} is absent`
}
