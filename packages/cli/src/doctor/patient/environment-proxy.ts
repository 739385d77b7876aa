/** The proxy that the environment names for a URL. */
import { isLoopbackHost } from '@token-introspection/core'
import type { Environment } from '../../surroundings/surroundings.ts'

/** The origin of the proxy, without its credentials. `undefined` for a host that needs none. */
export function environmentProxy(url: string, environment: Environment): string | undefined {
  const { protocol, hostname } = new URL(url)
  const variable = (name: string): string | undefined => environment[name.toLowerCase()] ?? environment[name]
  const proxy = (protocol === 'https:' ? variable('HTTPS_PROXY') : undefined) ?? variable('HTTP_PROXY')
  if (!proxy || !URL.canParse(proxy) || isLoopbackHost(hostname)) return undefined
  const excluded = (variable('NO_PROXY') ?? '').split(/[\s,]+/).filter(Boolean)
  if (excluded.some((name) => name === '*' || isWithin(hostname, name.replace(/:\d+$/, '')))) return undefined
  return new URL(proxy).origin
}

function isWithin(hostname: string, name: string): boolean {
  const domain = name.replace(/^\*?\./, '')
  return hostname === domain || hostname.endsWith(`.${domain}`)
}

/** The environment with no proxy. */
export const WITHOUT_PROXY: Environment = Object.freeze({})
