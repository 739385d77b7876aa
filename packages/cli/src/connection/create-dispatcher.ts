/** Connections to an authorization server: with private authorities, a client certificate, or a proxy. */
import type { TlsOptions } from '@token-introspection/client'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { Environment } from '../surroundings/surroundings.ts'

/** This machine is never asked over a proxy. */
const THIS_MACHINE = 'localhost,127.0.0.1,::1'

/** Creates the connections. Proxies come from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
export function createDispatcher(
  certificates: TlsOptions,
  { environment, timeoutMs }: { readonly environment: Environment; readonly timeoutMs: number },
): Dispatcher {
  const given: object = Object.fromEntries(Object.entries(certificates).filter(([, value]) => value !== undefined))
  const connect = { timeout: timeoutMs, ...given }
  const httpProxy = environment['http_proxy'] ?? environment['HTTP_PROXY']
  const httpsProxy = environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? httpProxy
  if (!httpProxy && !httpsProxy) return new Agent({ connect })
  const noProxy = [environment['no_proxy'] ?? environment['NO_PROXY'], THIS_MACHINE].filter(Boolean).join(',')
  return new EnvHttpProxyAgent({
    connect,
    requestTls: connect,
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy,
  })
}
