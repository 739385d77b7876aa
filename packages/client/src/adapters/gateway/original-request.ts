/** The request that a gateway asks about. */
import type { GuardRequest } from '../../index.ts'
import type { Gateway } from './gateway-options.ts'

/** The fields in which gateways send the method and the URL. Envoy sends the original request itself. */
const FIELDS: Readonly<Record<Exclude<Gateway, 'envoy'>, readonly [method: string, url: string]>> = {
  nginx: ['x-original-method', 'x-original-uri'],
  traefik: ['x-forwarded-method', 'x-forwarded-uri'],
  caddy: ['x-forwarded-method', 'x-forwarded-uri'],
}
const METHOD = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/
/** A path with a query, or the `*` of OPTIONS. A space would mean that two fields were joined. */
const TARGET = /^(?:\/[^\x00-\x20\x7f]*|\*)$/
const ORIGIN = /^[a-z]+:\/\/[^/?#]*/i

/** The original request, or what is wrong with it. */
export type OriginalRequest =
  | { readonly kind: 'request'; readonly request: GuardRequest }
  /** The sender wrote a method or a URL that is not one. */
  | { readonly kind: 'malformed' }
  /** The gateway does not say what it asks about. */
  | { readonly kind: 'missing'; readonly what: string }

/**
 * Reads the original request. The fields of other gateways do not count. The certificate of the connection is that of the
 * gateway, and the body is not that of the original request, so neither is passed on.
 */
export function readOriginalRequest(asking: GuardRequest, gateway: Gateway, pathPrefix: string): OriginalRequest {
  const { headers, remoteAddress } = asking
  const [method, url] = gateway === 'envoy' ? ofEnvoy(asking, pathPrefix) : ofFields(asking, FIELDS[gateway])
  if (method.value === undefined) return { kind: 'missing', what: method.name }
  if (url.value === undefined) return { kind: 'missing', what: url.name }
  if (!METHOD.test(method.value) || !TARGET.test(url.value)) return { kind: 'malformed' }
  return { kind: 'request', request: { method: method.value, url: url.value, headers, remoteAddress } }
}

interface Part {
  readonly name: string
  readonly value: string | undefined
}

function ofFields({ headers }: GuardRequest, names: readonly [string, string]): readonly [Part, Part] {
  const read = (name: string): Part => ({ name: `the field ${name}`, value: headers.get(name) || undefined })
  return [read(names[0]), read(names[1])]
}

function ofEnvoy({ method, url }: GuardRequest, pathPrefix: string): readonly [Part, Part] {
  const target = url?.replace(ORIGIN, '')
  const isBelow = target?.startsWith(`${pathPrefix}/`) === true
  return [
    { name: 'the method', value: method },
    { name: `a URL below ${pathPrefix}/`, value: isBelow ? target?.slice(pathPrefix.length) : undefined },
  ]
}
