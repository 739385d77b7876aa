/** The undici pools of one client: one per origin and use. */
import type * as Undici from 'undici'
import { isLoopbackHost } from '@token-introspection/core'
import type { Proxies } from './proxies.node.ts'
import { createProxyAgent } from './proxy-agent.node.ts'
import type { DefaultTransportOptions } from './transport.ts'

/**
 * What a connection is for. `usual`: introspection. `fresh`: its second attempt, and no connection is used twice.
 * `apart`: the questions to a revocation feed, and `apart-fresh` their second attempt. `stream`: an event stream.
 */
export type PoolUse = 'usual' | 'fresh' | 'apart' | 'apart-fresh' | 'stream'

/** The most connections per origin for a feed: it needs one or two of each kind. */
const APART_CONNECTIONS = 4

/** The pools. They are closed with the client. */
export interface ConnectionPools {
  find(origin: string, use: PoolUse, undici: typeof Undici): Undici.Dispatcher
  /** Waits for requests on their way. Event streams have no end, so they are broken off. */
  close(): Promise<void>
}

/** Creates pools with the certificates and limits of the default transport. */
export function createConnectionPools(options: DefaultTransportOptions, proxies: Proxies | undefined): ConnectionPools {
  const pools = new Map<PoolUse, Map<string, Undici.Dispatcher>>()
  return {
    find(origin, use, undici) {
      const ofUse = pools.get(use) ?? new Map<string, Undici.Dispatcher>()
      pools.set(use, ofUse)
      const known = ofUse.get(origin)
      if (known !== undefined) return known
      const created = createPool(origin, use, options, proxies, undici)
      ofUse.set(origin, created)
      return created
    },
    async close() {
      const closing = [...pools].flatMap(([use, ofUse]) =>
        Array.from(ofUse.values(), (pool) => (use === 'stream' ? pool.destroy() : pool.close())),
      )
      await Promise.all(closing)
    },
  }
}

function createPool(
  origin: string,
  use: PoolUse,
  { maxConnections, connectTimeoutMs: timeout, socketPath, tls }: DefaultTransportOptions,
  proxies: Proxies | undefined,
  undici: typeof Undici,
): Undici.Dispatcher {
  const settings = {
    connections: use === 'usual' || use === 'fresh' ? maxConnections : APART_CONNECTIONS,
    // HTTP/2 costs twice as much for calls this small.
    allowH2: false,
    // The call's own deadline is exact; undici's timers are coarse.
    headersTimeout: 0,
    bodyTimeout: 0,
  }
  const connect = { timeout, ...tls, socketPath } as Undici.buildConnector.BuildOptions
  const adapt = use === 'stream' ? inBackground : asItIs
  if (proxies !== undefined && !(proxies.skipsLoopback && isLoopbackHost(new URL(origin).hostname))) {
    // The proxy is verified with the same authorities. The client certificate is only for the authorization server.
    const proxyTls = { timeout, ca: tls?.ca } as Undici.buildConnector.BuildOptions
    const pool = settings
    return createProxyAgent({ origin, proxies, pool, connect, proxyTls, tunnelTimeoutMs: timeout, adapt }, undici)
  }
  return new undici.Pool(origin, {
    ...settings,
    connect: use === 'stream' ? inBackground(undici.buildConnector({ ...connect, allowH2: false })) : connect,
  })
}

/** Connections that do not keep the process alive. */
function inBackground(connector: Undici.buildConnector.connector): Undici.buildConnector.connector {
  return (options, callback) => {
    connector(options, (...result) => {
      result[1]?.unref()
      callback(...result)
    })
  }
}

function asItIs(connector: Undici.buildConnector.connector): Undici.buildConnector.connector {
  return connector
}
