/**
 * Connections through a proxy, or past it for the hosts that need none. undici decides which hosts those are, opens the
 * tunnels, and authenticates at the proxy.
 */
import type * as Undici from 'undici'
import { proxyFor, type Proxies } from './proxies.node.ts'
import { ProxyFailure } from './proxy-failure.ts'

/** How connections of one origin are made. */
export interface ProxyAgentSettings {
  readonly origin: string
  readonly proxies: Proxies
  /** The limits of a pool. */
  readonly pool: Undici.Pool.Options
  /** For connections to the authorization server, directly or through a tunnel. */
  readonly connect: Undici.buildConnector.BuildOptions
  /** For connections to the proxy. */
  readonly proxyTls: Undici.buildConnector.BuildOptions
  /** How long the proxy may take to open a tunnel, in milliseconds. */
  readonly tunnelTimeoutMs: number
  /** Changes how a connection is made. */
  readonly adapt: (connector: Undici.buildConnector.connector) => Undici.buildConnector.connector
}

/** Creates the agent for one origin. An error of the proxy is a {@link ProxyFailure}. */
export function createProxyAgent(
  { origin, proxies, pool, connect, proxyTls, tunnelTimeoutMs, adapt }: ProxyAgentSettings,
  undici: typeof Undici,
): Undici.Dispatcher {
  const proxy = proxyFor(origin, proxies)
  const { httpProxy, httpsProxy, noProxy } = proxies
  const agent = new undici.EnvHttpProxyAgent({
    ...pool,
    httpProxy,
    httpsProxy,
    noProxy,
    connect: adapt(undici.buildConnector({ ...connect, allowH2: false })),
    requestTls: connect,
    proxyTls,
    // The pool from which tunnels are opened.
    clientFactory: (_url, options) => {
      const settings = { ...adaptConnector(options, adapt), headersTimeout: tunnelTimeoutMs }
      return nameFailures(new undici.Pool(new URL(proxy).origin, settings), proxy)
    },
    // The pool of the origin, or of the proxy when it forwards plain http.
    factory: (target, options) => {
      const forwards = proxy !== '' && new URL(target).origin === new URL(proxy).origin
      if (!forwards) return new undici.Pool(target, options)
      return new undici.Pool(new URL(proxy).origin, {
        ...pool,
        ...adaptConnector(options, (connector) => nameFailure(adapt(connector), proxy)),
      })
    },
  })
  return agent.compose((dispatch) => (options, handler) => dispatch(options, new NamedRefusal(handler, proxy)))
}

/** The options of a pool, which undici gives a connector for the proxy. */
function adaptConnector(options: object, adapt: ProxyAgentSettings['adapt']): Undici.Pool.Options {
  const { connect } = options as { readonly connect: Undici.buildConnector.connector }
  return { ...options, connect: adapt(connect) }
}

function nameFailure(connector: Undici.buildConnector.connector, proxy: string): Undici.buildConnector.connector {
  return (options, callback) => {
    connector(options, (...[error, socket]) => {
      if (error === null) callback(null, socket)
      else callback(new ProxyFailure(proxy, { cause: error }), null)
    })
  }
}

/** Names the proxy when it cannot be reached, or opens no tunnel. */
function nameFailures(pool: Undici.Pool, proxy: string): Undici.Pool {
  const open = pool.connect.bind(pool) as (options: unknown) => Promise<Undici.Dispatcher.ConnectData>
  const connect = async (options: unknown): Promise<Undici.Dispatcher.ConnectData> => {
    const tunnel = await open(options).catch((cause: unknown) => {
      throw new ProxyFailure(proxy, { cause })
    })
    if (tunnel.statusCode === 200) return tunnel
    tunnel.socket.on('error', () => undefined).destroy()
    throw new ProxyFailure(proxy, { status: tunnel.statusCode })
  }
  return Object.assign(pool, { connect })
}

/** Names the proxy when it forwards plain http and wants other credentials. undici then reports a wrong argument. */
class NamedRefusal implements Undici.Dispatcher.DispatchHandler {
  readonly #handler: Undici.Dispatcher.DispatchHandler
  readonly #proxy: string

  constructor(handler: Undici.Dispatcher.DispatchHandler, proxy: string) {
    this.#handler = handler
    this.#proxy = proxy
  }

  onRequestStart(...event: Parameters<NonNullable<Undici.Dispatcher.DispatchHandler['onRequestStart']>>): void {
    this.#handler.onRequestStart?.(...event)
  }

  onResponseStart(...event: Parameters<NonNullable<Undici.Dispatcher.DispatchHandler['onResponseStart']>>): void {
    this.#handler.onResponseStart?.(...event)
  }

  onResponseData(...event: Parameters<NonNullable<Undici.Dispatcher.DispatchHandler['onResponseData']>>): void {
    this.#handler.onResponseData?.(...event)
  }

  onResponseEnd(...event: Parameters<NonNullable<Undici.Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    this.#handler.onResponseEnd?.(...event)
  }

  onResponseError(controller: Undici.Dispatcher.DispatchController, error: Error): void {
    const isRefusal = (error as { code?: unknown }).code === 'UND_ERR_INVALID_ARG'
    this.#handler.onResponseError?.(controller, isRefusal ? new ProxyFailure(this.#proxy, { status: 407 }) : error)
  }
}
