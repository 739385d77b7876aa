/** Option `transport.proxy` on Node: which proxy a request uses. */
import { isProxyUrl } from './proxy-url.ts'

/** The proxies, by the scheme of a request. An empty text is no proxy. */
export interface Proxies {
  readonly httpProxy: string
  /** When it is empty, https requests use `httpProxy`. */
  readonly httpsProxy: string
  /** Hosts to reach directly, as `NO_PROXY` lists them. */
  readonly noProxy: string
  /** Whether this machine is reached directly as well. */
  readonly skipsLoopback: boolean
}

/** The word for the variables of the environment. */
const ENVIRONMENT = 'environment'

/**
 * Reads the option. `undefined` when there is no proxy.
 *
 * @param environment - the variables of the process. They are read once.
 * @throws TypeError that names the variable when it is no URL of a proxy. It does not quote the value, which may hold
 * credentials.
 */
export function readProxies(
  proxy: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Proxies | undefined {
  if (proxy === undefined) return undefined
  if (proxy !== ENVIRONMENT) return { httpProxy: proxy, httpsProxy: proxy, noProxy: '', skipsLoopback: false }
  const httpProxy = readUrl('http_proxy', environment)
  const httpsProxy = readUrl('https_proxy', environment)
  if (httpProxy === '' && httpsProxy === '') return undefined
  return { httpProxy, httpsProxy, noProxy: readVariable('no_proxy', environment).value, skipsLoopback: true }
}

/** The proxy for an origin, unless `noProxy` names the host. Empty when there is none. */
export function proxyFor(origin: string, { httpProxy, httpsProxy }: Proxies): string {
  return (origin.startsWith('https:') ? httpsProxy : '') || httpProxy
}

function readUrl(lowerCase: string, environment: Readonly<Record<string, string | undefined>>): string {
  const { name, value } = readVariable(lowerCase, environment)
  if (value === '' || isProxyUrl(value)) return value
  throw new TypeError(
    `transport.proxy: the variable ${name} must be an http or https URL, such as http://proxy:3128, with %25 for each % of its credentials`,
  )
}

/** The name in lower case comes first, as in undici and curl. */
function readVariable(
  lowerCase: string,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly value: string } {
  const upperCase = lowerCase.toUpperCase()
  const name = environment[lowerCase] === undefined ? upperCase : lowerCase
  return { name, value: environment[name] ?? '' }
}
