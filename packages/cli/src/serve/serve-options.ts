/** The options of the command `serve`, as they are used. */
import { isIP, isIPv6 } from 'node:net'
import { isIssuer, isLoopbackHost } from '@token-introspection/core'
import { MisuseError } from '../errors.ts'
import { ADMIN_PREFIX } from './admin/admin-messages.ts'

/** The options as the command line gives them. */
export interface ServeFlags {
  readonly port: number
  readonly host: string
  readonly issuer?: string
  readonly config?: string
  readonly store?: string
  readonly expiresIn: number
  readonly page?: boolean
  readonly state?: string
  readonly dangerouslyAllowNetwork?: boolean
}

/** The port of `serve`, and where the other commands look for it. */
export const DEFAULT_PORT = 9000

/**
 * Refuses to listen for other machines, unless the option says that this is meant.
 *
 * @throws MisuseError with the remedy.
 */
export function checkHost({ host, dangerouslyAllowNetwork }: ServeFlags): void {
  if (isLoopbackHost(inUrl(host)) || dangerouslyAllowNetwork === true) return
  throw new MisuseError(
    `--host ${host}: other machines could reach this server, and it is for development: tokens and secrets cross the network unprotected. Leave --host out, or add --dangerously-allow-network inside a container or a network that you trust`,
  )
}

/**
 * The issuer: that of the command line, or the address of the server.
 *
 * @throws MisuseError when the given one is no issuer.
 */
export function issuerOf({ issuer, host }: ServeFlags, port: number): string {
  if (issuer === undefined) return localUrl(host, port)
  const isUsable =
    URL.canParse(issuer) &&
    isIssuer(issuer, { allowHttpOnLoopback: true, allowHttpOrigins: new Set([new URL(issuer).origin]) })
  if (isUsable) {
    requireFreePath(issuer)
    return issuer
  }
  throw new MisuseError(`--issuer ${issuer}: must be an http or https URL without query and fragment (RFC 8414 §2)`)
}

/** Below this path are the operations of `issue`, `list` and `revoke`, which are not for clients. */
function requireFreePath(issuer: string): void {
  const { pathname } = new URL(issuer)
  if (pathname.replace(/\/$/, '') !== ADMIN_PREFIX) return
  throw new MisuseError(
    `--issuer ${issuer}: the path ${ADMIN_PREFIX} belongs to the commands issue, list and revoke. Choose another path`,
  )
}

/** The URL at which this machine reaches the server. */
export function localUrl(host: string, port: number): string {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  return `http://${isEverywhere ? '127.0.0.1' : inUrl(host)}:${port}`
}

/** The names by which a request may call the server, beside loopback. */
export function knownHosts({ host }: ServeFlags, issuer: string): readonly string[] {
  return [
    ...new Set([new URL(issuer).hostname, ...(isIP(host) === 0 || isLoopbackHost(inUrl(host)) ? [] : [inUrl(host)])]),
  ]
}

function inUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}
