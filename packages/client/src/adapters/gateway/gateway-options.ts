/** Options of a gateway handler. */
import { OptionGroup } from '@token-introspection/core/options'
import type { ActiveIntrospectionResult } from '../../index.ts'
import { type ForwardedValue, type ForwardRule, resolveForward } from './forwarded-fields.ts'

/** The gateways that a handler can answer. */
export type Gateway = 'nginx' | 'traefik' | 'caddy' | 'envoy'

/** Options of {@link createGatewayHandler}. */
export interface GatewayOptions<Claims extends object = object> {
  /**
   * The gateway that asks: `nginx` by `auth_request`, `traefik` by ForwardAuth, `caddy` by `forward_auth`, `envoy` by
   * `ext_authz` over HTTP. Each sends the original request in other fields, and takes other answers.
   */
  readonly gateway: Gateway
  /**
   * Whether the address at the other end of the connection belongs to your gateway; `undefined` when the address is
   * unknown, as for a web `Request`. Any other sender gets 403. Only `true` counts.
   *
   * Security: the original method and URL come from header fields, so no other sender may be believed. Return `true` for
   * every address only if nothing but the gateway can reach the handler.
   */
  readonly isTrustedGateway: (remoteAddress: string | undefined) => boolean
  /**
   * Identity fields for the API behind the gateway: the name of a field, and the member of the token or a function of it.
   * A string stays as it is; a number or `true` becomes text, and a list or an object JSON. Then every character outside
   * printable ASCII, `%`, and a space at an end are percent-encoded: `decodeURIComponent` gives the value back. A value
   * that is `undefined` or `null` gives an empty field, so that the gateway overwrites one that came from outside. Default
   * none.
   *
   * Security: the gateway has to remove the fields of these names from the requests that it receives. The handler
   * refuses a request that still has one.
   */
  readonly forward?:
    | Readonly<Record<string, string | ((token: ActiveIntrospectionResult<Claims>) => ForwardedValue)>>
    | undefined
  /**
   * The highest number of octets of all identity fields together. With more of them the answer is 500, because a part of
   * an identity could be another identity. nginx takes an answer with at most 4096 octets of fields unless
   * `proxy_buffer_size` is higher. Default 2048, from 64 to 65536.
   */
  readonly maxForwardedBytes?: number | undefined
  /** The `path_prefix` of Envoy, which comes before the original path. Default none. Only for `envoy`. */
  readonly pathPrefix?: string | undefined
  /**
   * Whether a CORS preflight passes, with empty identity fields. Default `false`: it gets 403.
   *
   * Security: anybody can send a preflight. With `true`, the API must answer `OPTIONS` without data.
   */
  readonly passPreflights?: boolean | undefined
  /**
   * Gets the error behind each answer 500 of the handler itself: the guard or a function of these options threw, the
   * gateway does not send the original request, or an identity does not fit. Default `console.error`.
   */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** The resolved options. */
export interface ResolvedGateway {
  readonly gateway: Gateway
  readonly isTrustedGateway: (remoteAddress: string | undefined) => boolean
  readonly forward: readonly ForwardRule[]
  readonly maxForwardedBytes: number
  readonly pathPrefix: string
  readonly passPreflights: boolean
  readonly onError: (error: unknown) => void
}

const GATEWAYS: readonly Gateway[] = ['nginx', 'traefik', 'caddy', 'envoy']
const OPTIONS = [
  'gateway',
  'isTrustedGateway',
  'forward',
  'maxForwardedBytes',
  'pathPrefix',
  'passPreflights',
  'onError',
]

/** Reads the options once. @throws TypeError naming the option that is unknown or wrong. */
export function resolveGateway(options: unknown): ResolvedGateway {
  const group = new OptionGroup('', options, OPTIONS)
  if (!group.has('gateway')) throw group.error('gateway', `is required: one of ${GATEWAYS.join(', ')}`)
  const gateway = group.oneOf<Gateway>('gateway', GATEWAYS, 'nginx')
  const isTrustedGateway = group.function<ResolvedGateway['isTrustedGateway']>('isTrustedGateway')
  if (isTrustedGateway === undefined) throw group.error('isTrustedGateway', 'is required')
  return Object.freeze({
    gateway,
    isTrustedGateway,
    forward: resolveForward(group.path('forward'), group.raw('forward')),
    maxForwardedBytes: group.integer('maxForwardedBytes', {
      default: 2048,
      min: 64,
      max: 65_536,
    }),
    pathPrefix: readPathPrefix(group, gateway),
    passPreflights: group.boolean('passPreflights', false),
    onError: group.function<ResolvedGateway['onError']>('onError') ?? console.error,
  })
}

function readPathPrefix(group: OptionGroup, gateway: Gateway): string {
  const prefix = group.string('pathPrefix')
  if (prefix === undefined) return ''
  if (gateway !== 'envoy') throw group.error('pathPrefix', 'is for envoy only')
  if (!/^(?:\/[\w.~-]+)+$/.test(prefix)) throw group.error('pathPrefix', 'must be a path such as /authorize')
  return prefix
}
