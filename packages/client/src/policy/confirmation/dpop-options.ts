/** Options for DPoP proofs at a guard (RFC 9449). */
import { isSecureUrl, SIGNATURE_ALGORITHMS, type SignatureAlgorithm, type UrlRules } from '@token-introspection/core'
import { httpRemedy, OptionGroup, resolveSecret } from '@token-introspection/core/options'
import { createMemoryReplayStore, type ReplayStore } from '@token-introspection/core/replay'
import type { GuardRequest } from '../../token/guard-request.ts'
import { createNonces, type Nonces } from './dpop-nonces.ts'
import { type FindTargetUris, targetUrisAt } from './target-uris.ts'

/**
 * Group `policy.dpop`: guards accept DPoP proofs, and tokens that are bound to a key (RFC 9449). Give `origin` or
 * `publicUrl`.
 *
 * Every request with such a token needs a new proof, also when the answer about the token is cached.
 */
export interface DpopOptions {
  /**
   * The origin at which clients reach this API, such as `https://api.example.com`, or several origins. The origin with
   * the path of `url` is the URI that a proof must have. A guard never reads `Host`, `Forwarded` or `X-Forwarded-*`,
   * because anybody can set them. `https`, `http` on this machine, or an origin in `transport.allowHttpOrigins`.
   */
  readonly origin?: string | readonly string[] | undefined
  /**
   * Returns the URL to which a client sent a request. Use it in place of `origin` behind a proxy that changes paths.
   *
   * Security: do not build the URL from header fields that the client may have set.
   */
  readonly publicUrl?: ((request: GuardRequest) => string) | undefined
  /**
   * Accepted signature algorithms of proofs, which challenges name. Default RS256, RS384, RS512, PS256, PS384, PS512,
   * ES256, ES384, ES512, EdDSA and Ed25519. FAPI 2.0 allows PS256, ES256, EdDSA and Ed25519.
   */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined
  /**
   * Seconds since `iat` for which a proof is accepted. Default 60, from 5 to 300. Clients make a proof for each
   * request, so this has to cover only the way to the API and the error of the clocks. The store keeps every proof for
   * as long.
   */
  readonly maxAgeSeconds?: number | undefined
  /** How many seconds the clock of a client may be ahead. Default 5, from 0 to 60. */
  readonly leewaySeconds?: number | undefined
  /**
   * The store that remembers used proofs. Processes of one API have to share one, or each process accepts an
   * intercepted proof once: see `createRedisReplayStore` of `@token-introspection/client/redis`. When the store throws,
   * or takes longer than a second, the guard refuses the request with 503.
   *
   * Default one in memory for 250000 proofs, which take 50 MB. With the default ages that is enough for 3700 proofs a
   * second. One key may take half of the store, and several keys always leave each other key as much room as each of
   * them has. Without room, the guard refuses requests with a proof by that key with 503. It stores a proof only after
   * all other checks have passed.
   */
  readonly replayStore?: ReplayStore | undefined
  /** Issues nonces and requires them in proofs (RFC 9449 §9). Default none: see {@link DpopNonceOptions}. */
  readonly nonce?: DpopNonceOptions | undefined
}

/**
 * Group `policy.dpop.nonce`: a proof has to carry a nonce of this API, so that nobody can make proofs in advance. The
 * guard refuses the first request of a client with a nonce to use, and sends a new nonce when half of the old one's
 * lifetime is over. Nothing is stored: every process with the secret accepts the nonces of the others.
 */
export interface DpopNonceOptions {
  /**
   * At least 32 characters, the same in every process, or a function that finds it with its first use: a build then needs no secret. When the function fails, calls fail with
   * `ERR_SECRET_UNAVAILABLE`, and the next call asks it again. After a change, each client needs one more request.
   */
  readonly secret: string | (() => string | Promise<string>)
  /** Seconds for which a nonce is accepted. Default 300, from 10 to 3600. */
  readonly lifetimeSeconds?: number | undefined
}

/** The defaults of both groups. */
export const dpopDefaults = Object.freeze({
  algorithms: SIGNATURE_ALGORITHMS,
  maxAgeSeconds: 60,
  leewaySeconds: 5,
  maxRememberedProofs: 250_000,
  nonce: Object.freeze({ lifetimeSeconds: 300 }),
})

/** The resolved options. */
export interface DpopStep {
  readonly targetUris: FindTargetUris
  readonly algorithms: readonly string[]
  readonly maxAgeSeconds: number
  readonly leewaySeconds: number
  readonly replayStore: ReplayStore
  readonly nonces: Nonces | undefined
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

/** Reads the group; `undefined` when it is not given. */
export function resolveDpop(policy: OptionGroup, urlRules: UrlRules, nowMs: () => number): DpopStep | undefined {
  if (!policy.has('dpop')) return undefined
  const group = new OptionGroup(policy.path('dpop'), policy.raw('dpop'), [
    'origin',
    'publicUrl',
    'algorithms',
    'maxAgeSeconds',
    'leewaySeconds',
    'replayStore',
    'nonce',
  ])
  const { maxAgeSeconds, leewaySeconds, maxRememberedProofs: maxKeys } = dpopDefaults
  return Object.freeze({
    targetUris: resolveTargetUris(group, urlRules),
    algorithms: resolveAlgorithms(group),
    maxAgeSeconds: group.number('maxAgeSeconds', { default: maxAgeSeconds, min: 5, max: 300 }),
    leewaySeconds: group.number('leewaySeconds', { default: leewaySeconds, min: 0, max: 60 }),
    replayStore: group.seam<ReplayStore>('replayStore', 'remember') ?? createMemoryReplayStore({ maxKeys, now: nowMs }),
    nonces: resolveNonces(group, nowMs),
    nowMs,
  })
}

/** The group of the options that allow http. */
const TRANSPORT = new OptionGroup('transport', undefined, [])

function resolveTargetUris(group: OptionGroup, urlRules: UrlRules): FindTargetUris {
  const publicUrl = group.function<NonNullable<DpopOptions['publicUrl']>>('publicUrl')
  if (group.has('origin') === (publicUrl !== undefined)) {
    throw group.error('origin', 'is required, unless you give publicUrl: the origin at which clients reach this API')
  }
  if (publicUrl !== undefined) return (request) => [publicUrl(request)]
  const given = group.raw('origin')
  const origins = typeof given === 'string' ? [given] : group.strings('origin')
  const refused = origins?.find((origin) => !isPublicOrigin(origin, urlRules))
  if (origins === undefined || origins.length === 0 || refused !== undefined) {
    throw group.error(
      'origin',
      `must be https origins such as https://api.example.com, without a path${httpRemedy(refused, TRANSPORT)}`,
    )
  }
  return targetUrisAt(origins.map((origin) => new URL(origin).origin))
}

function isPublicOrigin(text: string, urlRules: UrlRules): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return isSecureUrl(url, { ...urlRules, allowHttpOnLoopback: true }) && `${url.origin}/` === url.href
}

function resolveAlgorithms(group: OptionGroup): readonly string[] {
  const names = group.strings('algorithms') ?? dpopDefaults.algorithms
  if (names.length === 0 || !names.every((name) => (SIGNATURE_ALGORITHMS as readonly string[]).includes(name))) {
    throw group.error('algorithms', `must hold some of ${SIGNATURE_ALGORITHMS.join(', ')}`)
  }
  return names
}

function resolveNonces(dpop: OptionGroup, nowMs: () => number): Nonces | undefined {
  if (!dpop.has('nonce')) return undefined
  const group = new OptionGroup(dpop.path('nonce'), dpop.raw('nonce'), ['secret', 'lifetimeSeconds'])
  const findSecret = resolveSecret(group, 'secret')
  if (findSecret === undefined) throw group.error('secret', 'must have at least 32 characters')
  const { lifetimeSeconds } = dpopDefaults.nonce
  return createNonces({
    findSecret,
    lifetimeSeconds: group.integer('lifetimeSeconds', { default: lifetimeSeconds, min: 10, max: 3600 }),
    nowMs,
  })
}
