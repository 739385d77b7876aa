/** Options of combineIssuers for issuers that a function finds at run time. */
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { OnEvent } from '../events/events.ts'
import type { IntrospectionClientOptions, LocalClientOptions } from '../options.ts'
import type { ClientPolicyOptions } from '../policy/policy-options.ts'
import { refuseTwoAudiences } from '../policy/refuse-two-audiences.ts'
import { type InheritedPolicy, resolvePolicyDefaults } from '../policy/resolve-policy.ts'
import type { TokenSources } from '../token/extract-token.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { resolveToken, type TokenOptions } from '../token/token-options.ts'

/** The settings of one issuer: the options of its client. */
export type IssuerSettings<Claims extends object = object> =
  | IntrospectionClientOptions<Claims>
  | LocalClientOptions<Claims>

/**
 * Finds the settings of an issuer. `undefined` and `null` mean that there is no such issuer. Anybody can send a token that
 * names any issuer, so look the name up in your own list of tenants. Never build settings from the name itself.
 *
 * @param issuer - the `iss` of a JWT, before anything is verified, or what `requestIssuer` returned. At most 512
 * characters.
 */
export type FindIssuer<Claims extends object = object> = (
  issuer: string,
  call: FindIssuerCall,
) => MaybePromise<IssuerSettings<Claims> | undefined | null>

/** One call of a {@link FindIssuer}. */
export interface FindIssuerCall {
  /** Aborts after `findTimeoutMs`, and when the issuers are closed. */
  readonly signal: AbortSignal
}

/** Options of {@link combineIssuers} for issuers that are not known in advance, such as those of tenants. */
export interface FindIssuersOptions<Claims extends object = object> {
  /** Finds the settings of an issuer at run time: see {@link FindIssuer}. */
  readonly find: FindIssuer<Claims>
  /**
   * Names the issuer for a request, by its host name, its path or a header field. `find` gets this name, and the token
   * has to be from that issuer: a JWT with another `iss` is inactive. `undefined` leaves the choice to
   * the `iss` of the token, and an empty name is that of no issuer. Opaque tokens name no issuer, so they are inactive
   * without this name. On Node, `url` begins with the path: the host is in the field `host`. Default none.
   */
  readonly requestIssuer?: ((request: GuardRequest) => string | undefined) | undefined
  /**
   * The audience of this resource server, or several: the same as `policy.audience`. Give one of them. The audience of the
   * settings replaces it. Default none: then each guard needs one, or the settings.
   */
  readonly audience?: ClientPolicyOptions['audience']
  /** Policy of every client. The `policy` of the settings replaces it, option by option. */
  readonly policy?: ClientPolicyOptions | undefined
  /** Where guards read tokens, for all issuers, because a guard reads the token first. Default the `Authorization` field. */
  readonly token?: TokenOptions | undefined
  /**
   * The most clients to keep. A new client first gets one of an eighth of the places. It leaves them when one of its
   * tokens passes. So tokens that do not pass never displace a client whose tokens do. Default 100, from 2 to 10000.
   */
  readonly maxClients?: number | undefined
  /**
   * Seconds after which `find` is asked again about an issuer. The client is used on until `find` answers, at most as long
   * again. Default 3600, from 1 to 86400.
   */
  readonly maxAgeSeconds?: number | undefined
  /** Seconds for which an issuer that `find` does not know stays unknown. Default 60, from 0 to 3600. */
  readonly unknownMaxAgeSeconds?: number | undefined
  /** Milliseconds that `find` may take. Default 2000, from 50 to 60000. */
  readonly findTimeoutMs?: number | undefined
  /**
   * Gets the decisions of guards about requests without a token, and with one whose issuer is unknown or could not be
   * found; and the events of clients whose settings have no `onEvent`. Default none.
   */
  readonly onEvent?: OnEvent | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The defaults. */
export const findIssuersDefaults = Object.freeze({
  maxClients: 100,
  maxAgeSeconds: 3600,
  unknownMaxAgeSeconds: 60,
  findTimeoutMs: 2000,
})

/** The limits of the memory of clients. */
export interface DirectoryLimits {
  readonly maxClients: number
  readonly maxAgeMs: number
  readonly unknownMaxAgeMs: number
  readonly findTimeoutMs: number
}

/** The resolved options. */
export interface ResolvedFindIssuers {
  readonly find: FindIssuer
  readonly requestIssuer: FindIssuersOptions['requestIssuer']
  /** What all clients have in common. */
  readonly shared: Pick<FindIssuersOptions, 'audience' | 'policy' | 'token' | 'onEvent'>
  readonly policy: InheritedPolicy
  readonly sources: TokenSources
  readonly limits: DirectoryLimits
  readonly nowMs: () => number
}

/** Reads the options once. */
export function resolveFindIssuers(options: FindIssuersOptions): ResolvedFindIssuers {
  refuseTwoAudiences(options)
  const group = new OptionGroup('', options, [
    'find',
    'requestIssuer',
    'audience',
    'policy',
    'token',
    'maxClients',
    'maxAgeSeconds',
    'unknownMaxAgeSeconds',
    'findTimeoutMs',
    'onEvent',
    'now',
  ])
  const find = group.function<FindIssuer>('find')
  if (find === undefined) throw group.error('find', 'must be a function')
  const { maxClients, maxAgeSeconds, unknownMaxAgeSeconds, findTimeoutMs } = findIssuersDefaults
  const nowMs = group.function<() => number>('now') ?? Date.now
  const policy = resolvePolicyDefaults(group, {}, nowMs)
  const { audience = group.raw('audience'), ...given } = copyOptions(
    'policy',
    group.raw('policy') as ClientPolicyOptions | undefined,
  )
  return {
    find,
    requestIssuer: group.function('requestIssuer'),
    shared: {
      audience: audience as FindIssuersOptions['audience'],
      policy: given,
      token: group.raw('token') as TokenOptions | undefined,
      onEvent: group.function<OnEvent>('onEvent'),
    },
    policy,
    // A client without DPoP support refuses such a token itself.
    sources: { ...resolveToken(group).sources, dpop: true },
    limits: {
      maxClients: group.integer('maxClients', { default: maxClients, min: 2, max: 10_000 }),
      maxAgeMs: 1000 * group.number('maxAgeSeconds', { default: maxAgeSeconds, min: 1, max: 86_400 }),
      unknownMaxAgeMs:
        1000 * group.number('unknownMaxAgeSeconds', { default: unknownMaxAgeSeconds, min: 0, max: 3600 }),
      findTimeoutMs: group.number('findTimeoutMs', { default: findTimeoutMs, min: 50, max: 60_000 }),
    },
    nowMs,
  }
}
