/** Options of step `transport`: chooses how requests are sent. */
import type { OptionGroup } from '@token-introspection/core/options'
import { createDefaultTransport } from '#default-transport'
import { type Fetch, fetchTransport } from './fetch-send.ts'
import { isProxyUrl } from './proxy-url.ts'
import { resolveTls } from './tls-options.ts'
import type { Dispatcher, Send, Transport } from './transport.ts'

/** A transport, and whether it shows a client certificate; `undefined` when the caller's own code decides that. */
export interface ChosenTransport extends Transport {
  readonly hasClientCertificate: boolean | undefined
}

/** The settings of the default transport, in addition to its options. */
export interface ConnectionLimits {
  readonly maxConnections: number
  readonly connectTimeoutMs: number
}

/** Options of connections of the client's own. */
const CONNECTION_OPTIONS = ['tls', 'proxy', 'socketPath'] as const

/** Reads `tls`, `proxy`, `socketPath`, `dispatcher`, `fetch` and `send`. Few of them can be combined. */
export function chooseTransport(group: OptionGroup, limits: ConnectionLimits): ChosenTransport {
  const tls = resolveTls(group)
  const proxy = resolveProxy(group)
  const socketPath = resolveSocketPath(group)
  const dispatcher = group.seam<Dispatcher>('dispatcher', 'dispatch')
  const custom = customTransport(group)
  for (const name of [...CONNECTION_OPTIONS, 'dispatcher'] as const) {
    if (custom !== undefined && group.has(name))
      throw group.error(name, 'is for the default transport: remove it, or remove fetch and send')
  }
  if (custom !== undefined) return { ...custom, hasClientCertificate: undefined }
  for (const name of CONNECTION_OPTIONS) {
    if (dispatcher !== undefined && group.has(name))
      throw group.error(name, 'belongs to the dispatcher: configure it there')
  }
  const hasClientCertificate = dispatcher === undefined ? tls?.cert !== undefined : undefined
  return { ...createDefaultTransport({ ...limits, tls, proxy, socketPath, dispatcher }), hasClientCertificate }
}

function resolveProxy(group: OptionGroup): string | undefined {
  const proxy = group.string('proxy')
  if (proxy === undefined || proxy === 'environment' || isProxyUrl(proxy)) return proxy
  throw group.error(
    'proxy',
    "must be an http or https URL, with %25 for each % of its credentials, or 'environment' for HTTP_PROXY, HTTPS_PROXY and NO_PROXY",
  )
}

function resolveSocketPath(group: OptionGroup): string | undefined {
  const path = group.string('socketPath')
  if (path?.includes('\0') === true) throw group.error('socketPath', 'must be a path')
  if (path !== undefined && group.has('proxy')) throw group.error('socketPath', 'give this or proxy, not both')
  return path
}

function customTransport(group: OptionGroup): Transport | undefined {
  const fetch = group.function<Fetch>('fetch')
  const send = group.function<Send>('send')
  if (fetch !== undefined && send !== undefined) throw group.error('send', 'give this or fetch, not both')
  if (fetch !== undefined) return fetchTransport(fetch)
  // The deadline applies even when the function ignores its signal.
  return send && { send: (request) => request.cancellation.race(send(request)), close: () => Promise.resolve() }
}
