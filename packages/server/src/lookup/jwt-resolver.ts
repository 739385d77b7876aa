/** Finds JWT access tokens by verifying them (RFC 9068, RFC 7662 §4). */
import {
  type CompactJws,
  parseJwtPart,
  REGISTERED_MEMBERS,
  SIGNATURE_ALGORITHMS,
  signedContent,
  splitCompactJws,
  withWholeDates,
} from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { CompactVerifyGetKey, JSONWebKeySet } from 'jose'
import { loadJose } from '../keys/load-jose.ts'
import type { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { TokenResolver } from './token-resolver.ts'
import { digestToken } from '../stores/token-store.ts'

/** Options of {@link createJwtResolver}. */
export interface JwtResolverOptions {
  /** The issuer identifier in the tokens, compared character by character (RFC 9068 §4). */
  readonly issuer: string
  /** The public keys that sign the tokens, if they never change. Give exactly one of `jwks` and `findJwks`. */
  readonly jwks?: JSONWebKeySet | undefined
  /**
   * Returns the public keys, if they rotate. It is called for every token, so return keys from memory. A throw is answered 503.
   */
  readonly findJwks?: (() => JSONWebKeySet | Promise<JSONWebKeySet>) | undefined
  /**
   * Says whether a token was revoked: by itself, or with its grant, session, user or client. A JWT does not say so itself, so
   * this function is required. Use {@link WritableTokenStore.isRevoked} of a store, and set its option
   * `unstoredLifetimeSeconds` to at least the lifetime of the tokens. Every result except `false` means revoked. A throw is
   * answered 503.
   */
  readonly isRevoked: (record: TokenRecord, lookup: TokenLookup) => boolean | Promise<boolean>
  /** The accepted signature algorithms. Default: every asymmetric one. `none` and HMAC algorithms are not allowed. */
  readonly algorithms?: readonly string[] | undefined
  /** The claim with the identifier of the grant, for revocations by grant. Default none. */
  readonly grantIdClaim?: string | undefined
  /** The claim with the identifier of the session, for revocations by session. Default `sid`. */
  readonly sessionIdClaim?: string | undefined
  /** The name of the resolver in events and explanations. Default `jwt`. */
  readonly name?: string | undefined
}

const ACCESS_TOKEN_TYP = /^(?:application\/)?at\+jwt$/i
/** The claims that a JWT access token must have, with their type (RFC 9068 §2.2). */
const STRINGS = ['iss', 'sub', 'client_id', 'jti'] as const
const DATES = ['exp', 'iat', 'nbf', 'auth_time'] as const

/**
 * Creates a resolver for JWT access tokens of one issuer. It finds a token if its `typ` is that of an access token, its signature
 * is good, it names the issuer, and it has every claim that RFC 9068 §2.2 requires. Any other token is unknown here, and the next
 * resolver is asked. The handler checks expiry afterwards, as for every token. Claims that are not registered for introspection
 * become extension claims. Pass the resolver to the revocation handler as well.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { createJwtResolver, createMemoryTokenStore, createStoreResolver } from '@token-introspection/server'
 * import type { JSONWebKeySet } from 'jose'
 *
 * declare const jwks: JSONWebKeySet
 *
 * const store = createMemoryTokenStore()
 * export const lookup = {
 *   resolvers: [
 *     createStoreResolver({ store }),
 *     createJwtResolver({
 *       issuer: 'https://as.example.com',
 *       jwks,
 *       isRevoked: (record, { digest }) => store.isRevoked(digest, record),
 *     }),
 *   ],
 * }
 * ```
 * @see [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068.html#section-4)
 */
export function createJwtResolver(options: JwtResolverOptions): TokenResolver {
  const group = new OptionGroup('', options, [
    'issuer',
    'jwks',
    'findJwks',
    'isRevoked',
    'algorithms',
    'grantIdClaim',
    'sessionIdClaim',
    'name',
  ])
  const issuer = group.string('issuer')
  if (issuer === undefined) throw group.error('issuer', 'is required')
  const isRevoked = group.function<JwtResolverOptions['isRevoked']>('isRevoked')
  if (isRevoked === undefined) throw group.error('isRevoked', 'is required: a JWT does not say whether it was revoked')
  const findJwks = resolveKeys(group)
  const algorithms = resolveAlgorithms(group)
  const names = { grantId: group.string('grantIdClaim'), sessionId: group.string('sessionIdClaim') ?? 'sid' }

  return {
    name: group.string('name') ?? 'jwt',
    kinds: ['access_token'],
    async resolve(lookup) {
      const { token } = lookup
      const parts = splitCompactJws(token)
      if (parts === undefined || !isFor(issuer, parts)) return null
      if (!(await isSigned(token, await findJwks(), algorithms))) return null
      const known = toRecord(parseJwtPart(parts.payload), issuer, names)
      if (known === undefined) return null
      const record = { ...known, signedDigest: await digestToken(signedContent(token)) }
      const revoked: unknown = await isRevoked(record, lookup)
      return revoked === false ? record : { ...record, revoked: true }
    },
  }
}

function resolveKeys(group: OptionGroup): () => JSONWebKeySet | Promise<JSONWebKeySet> {
  group.requireOneOf('jwks', 'findJwks')
  const findJwks = group.function<() => JSONWebKeySet>('findJwks')
  if (findJwks !== undefined) return findJwks
  const jwks = group.raw('jwks') as JSONWebKeySet
  if (!Array.isArray(jwks?.keys) || jwks.keys.length === 0) throw group.error('jwks', 'must have at least one key')
  return () => jwks
}

function resolveAlgorithms(group: OptionGroup): string[] {
  const algorithms = group.strings('algorithms') ?? SIGNATURE_ALGORITHMS
  if (
    algorithms.length === 0 ||
    algorithms.some((algorithm) => !(SIGNATURE_ALGORITHMS as readonly string[]).includes(algorithm))
  ) {
    throw group.error('algorithms', `must hold some of ${SIGNATURE_ALGORITHMS.join(', ')}`)
  }
  return [...algorithms]
}

/** Whether an unverified token claims to be an access token of the issuer. Only then is it verified. */
function isFor(issuer: string, { header, payload }: CompactJws): boolean {
  try {
    const { typ } = parseJwtPart(header)
    return typeof typ === 'string' && ACCESS_TOKEN_TYP.test(typ) && parseJwtPart(payload)['iss'] === issuer
  } catch {
    return false
  }
}

/** Verifiers of key sets. They are kept because importing a key costs as much as a signature. */
const verifiers = new WeakMap<JSONWebKeySet, CompactVerifyGetKey>()

/** Whether the signature of a token is good. */
async function isSigned(token: string, jwks: JSONWebKeySet, algorithms: string[]): Promise<boolean> {
  const { compactVerify, createLocalJWKSet, errors } = await loadJose()
  let findKey = verifiers.get(jwks)
  if (findKey === undefined) {
    findKey = createLocalJWKSet(jwks)
    verifiers.set(jwks, findKey)
  }
  const attempt = async (key: CompactVerifyGetKey): Promise<unknown> => {
    try {
      await compactVerify(token, key, { algorithms })
      return undefined
    } catch (error) {
      // Faults of the token, and missing keys, are errors of jose. Any other error is a failure of this side.
      if (error instanceof errors.JOSEError) return error
      throw error
    }
  }
  let failure = await attempt(findKey)
  if (failure instanceof errors.JWKSMultipleMatchingKeys) {
    // Without a `kid`, or with one that several keys share, each suitable key is tried.
    for await (const key of failure) {
      failure = await attempt(() => key)
      if (failure === undefined) break
    }
  }
  return failure === undefined
}

/** The record of a token, or `undefined` when a required claim is missing or has the wrong type. */
function toRecord(
  claims: Record<string, unknown>,
  issuer: string,
  names: { readonly grantId: string | undefined; readonly sessionId: string },
): TokenRecord | undefined {
  const members: Record<string, unknown> = {}
  const extension: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(claims)) {
    if (name === 'active' || isOdd(name, value)) continue
    const target = REGISTERED_MEMBERS.has(name) ? members : extension
    target[name] = value
  }
  if (STRINGS.some((name) => typeof members[name] !== 'string') || members['iss'] !== issuer) return undefined
  if (members['aud'] === undefined || members['exp'] === undefined || members['iat'] === undefined) return undefined
  for (const name of DATES) {
    const date = members[name]
    if (date === undefined) continue
    if (typeof date !== 'number' || !Number.isFinite(date)) return undefined
  }
  // Revocations and policies compare these members, so they must have types that can be compared.
  if (!isAudience(members['aud']) || !['string', 'undefined'].includes(typeof members['scope'])) return undefined
  const record = { ...withWholeDates(members, DATES), kind: 'access_token', claims: extension } as TokenRecord &
    Record<string, unknown>
  for (const [name, claim] of Object.entries(names)) {
    if (claim !== undefined && typeof claims[claim] === 'string') record[name] = claims[claim]
  }
  return record
}

function isAudience(value: unknown): boolean {
  return typeof value === 'string' || isList(value)
}

/** Whether an `amr` or `sid` has a wrong type. No decision needs it, so the answer does without. */
function isOdd(name: string, value: unknown): boolean {
  if (name === 'amr') return !isList(value)
  return name === 'sid' && typeof value !== 'string'
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
}
