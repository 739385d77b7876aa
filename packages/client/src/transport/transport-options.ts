/** Options of step `transport`, and their defaults. */
import type { Fetch } from './fetch-send.ts'
import { metadataDefaults, type MetadataOptions } from './metadata/metadata-options.ts'
import { outageDefaults, type OutageOptions } from './outage/outage-options.ts'
import type { TlsOptions } from './tls-options.ts'
import type { Dispatcher, Send } from './transport.ts'

/** Step `transport`: how the client reaches the authorization server. */
export interface TransportOptions extends OutageOptions, MetadataOptions {
  /** Milliseconds that a call may take, including discovery. Default 2000, from 50 to 60000. */
  readonly deadlineMs?: number | undefined
  /** The highest number of octets of an answer. Default 65536, from 1024 to 1048576. */
  readonly maxResponseBytes?: number | undefined
  /**
   * Allow `http:` to a host that is this machine by its name: `localhost`, `127.0.0.0/8`, `[::1]`. Default `false`.
   *
   * Security: tokens and secrets cross the connection unprotected.
   */
  readonly allowHttpOnLoopback?: boolean | undefined
  /**
   * Allow `http:` for exactly these origins, such as `['http://keycloak:8080']` inside a cluster or a compose file. Default none.
   *
   * Security: tokens and secrets cross the connection unprotected. List only origins inside a network that you trust.
   */
  readonly allowHttpOrigins?: readonly string[] | undefined
  /**
   * Parameters of every request, in addition to the token, such as the `client_id` or the token manager that some
   * servers require. Parameters of a call override them. Parameters that another option sets are not allowed. Default
   * none.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /**
   * Header fields of every request of the client, including those for metadata, keys and access tokens, for example for
   * a gateway. `user-agent` replaces the client's own, which is `token-introspection-client`. Fields that the client
   * sets itself, such as `authorization`, `content-type` or `host`, are not allowed. Default none.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * Client certificate and private authorities, for the default transport on Node. Not together with `fetch` or `send`.
   */
  readonly tls?: TlsOptions | undefined
  /**
   * The URL of an HTTP proxy, for the default transport on Node. Credentials in it are sent only to the proxy.
   *
   * `'environment'` uses the proxies of the environment: `HTTPS_PROXY` for https, `HTTP_PROXY` for http and when there
   * is no `HTTPS_PROXY`, and none for the hosts in `NO_PROXY` and for this machine. Names in lower case come first. The
   * client reads the variables once, when you create it. It does not need `NODE_USE_ENV_PROXY`, which is for the
   * `fetch` and `http` of Node. Default no proxy, whatever the environment says.
   */
  readonly proxy?: string | undefined
  /**
   * The path of a Unix socket, such as `/run/authorization-server.sock`, or the name of a Windows pipe, for the default
   * transport on Node. Every request of the client goes there. The URLs still decide scheme, `Host` and path. Not
   * together with `proxy`. Default none.
   */
  readonly socketPath?: string | undefined
  /**
   * An undici `Dispatcher` (7 or 8) for the requests, on Node: an `Agent`, a `ProxyAgent`, a `MockAgent`. You configure
   * and close it yourself, so `tls`, `proxy` and `socketPath` cannot be combined with it.
   */
  readonly dispatcher?: Dispatcher | undefined
  /**
   * A `fetch` to use in place of the default transport, for test doubles and other runtimes. The client does not follow
   * redirects.
   */
  readonly fetch?: Fetch | undefined
  /** Sends requests in your own way. Give this or `fetch`. */
  readonly send?: Send | undefined
}

/** The defaults of the step. */
export const transportDefaults = Object.freeze({
  deadlineMs: 2000,
  maxResponseBytes: 65_536,
  allowHttpOnLoopback: false,
  ...outageDefaults,
  ...metadataDefaults,
})
