/** Reads the options of step `jwt`. */
import { type JsonObject, REGISTERED_MEMBERS } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { JwtKeysUnavailableError } from '../errors.ts'
import { type KeyContext, resolveAlgorithms, resolveKeys } from '../keys/key-options.ts'
import type { TokenKind } from '../policy/policy.ts'
import type { JwtStep } from './answer-locally.ts'
import { createFaultReporter, type JwtReport } from './jwt-fault.ts'
import { jwtDefaults, type JwtMode } from './jwt-options.ts'
import { JwtSample } from './jwt-sample.ts'
import { typeName } from './read-claims.ts'

const MODES = ['local', 'local-or-introspect', 'local-then-introspect'] as const
const REQUIRED_CLAIMS = ['aud', 'sub', 'client_id', 'iat', 'jti'] as const
/** Types of JWTs for other purposes, none of them an access token (RFC 8725 §3.12). */
const OTHER_TYPES = new Set([
  'token-introspection+jwt',
  'dpop+jwt',
  'secevent+jwt',
  'statuslist+jwt',
  'client-authentication+jwt',
  'oauth-client-attestation+jwt',
  'oauth-client-attestation-pop+jwt',
  'txntoken+jwt',
  'logout+jwt',
  'oauth-authz-req+jwt',
  'kb+jwt',
  'entity-statement+jwt',
])

/** The options that need a feed of revocations with the secret of its keys. */
const MEMORY_OPTIONS = ['maxTokenAgeSeconds', 'maxRevokedKeys'] as const

/** The settings of the client that this group needs. */
export interface JwtContext extends Omit<KeyContext, 'Unavailable'> {
  readonly issuer: string | undefined
  readonly leewaySeconds: number
  /** Issuers that an answer may name; `undefined` accepts any. */
  readonly acceptedIssuers: ReadonlySet<string> | undefined
  /** How answers of this server mark access tokens. Its JWTs need not have the mark. */
  readonly answerKind: TokenKind | undefined
  /** Corrects the tolerated deviations of this server. */
  readonly right: ((claims: JsonObject) => JsonObject) | undefined
  readonly report: (told: JwtReport) => void
  /** Gets the fingerprint of a JWT of the sample that is inactive. */
  readonly reportInactive: (fingerprint: string) => void
  /** Whether the client follows a feed of revocations and can make its keys. */
  readonly makesRevocationKeys: boolean
}

/** Resolves the step from the options of the client; `undefined` when every token is introspected. */
export function resolveJwt(options: OptionGroup, context: JwtContext): JwtStep | undefined {
  if (!options.has('jwt')) return undefined
  const group = new OptionGroup('jwt', options.raw('jwt'), [
    'mode',
    'sampleRate',
    'random',
    'issuer',
    'algorithms',
    'profile',
    'jwks',
    'jwksUri',
    'types',
    'acceptUntyped',
    'requiredClaims',
    'kindClaims',
    'aliases',
    'renames',
    'audienceFrom',
    ...MEMORY_OPTIONS,
  ])
  const { issuer, acceptedIssuers, leewaySeconds, answerKind, right, report, nowMs, makesRevocationKeys } = context
  if (issuer === undefined)
    throw new TypeError('jwt: needs the issuer option, because only tokens of that issuer are verified')
  const inTokens = group.string('issuer') ?? issuer
  if (acceptedIssuers?.has(inTokens) === false) {
    throw new TypeError(
      `response.acceptedIssuers: must have ${JSON.stringify(inTokens)}, because JWTs of that issuer are verified`,
    )
  }
  const mode = group.raw('mode')
  if (mode === undefined) throw group.error('mode', `is required: one of ${MODES.join(', ')}`)
  const which = group.oneOf<JwtMode>('mode', MODES, 'local')
  const asksAboutGood = which === 'local-then-introspect'
  const sample = resolveSample(group, which, context)
  const rules = {
    issuer: inTokens,
    algorithms: resolveAlgorithms(group, jwtDefaults.profile),
    types: resolveTypes(group),
    acceptUntyped: group.boolean('acceptUntyped', jwtDefaults.acceptUntyped),
    requiredClaims: group.strings('requiredClaims') ?? REQUIRED_CLAIMS,
    kindClaims: group.strings('kindClaims') ?? [],
    aliases: resolveNames(group, 'aliases', ['client_id', 'jti', 'scope', 'sub', 'username']),
    renames: resolveNames(group, 'renames', ['permissions', 'username']),
    audienceFrom: group.string('audienceFrom'),
    leewaySeconds,
    // With introspection as well, the answer names the kind.
    presumedKind: asksAboutGood ? undefined : answerKind,
  }
  return Object.freeze({
    rules: { ...rules, right, keys: resolveKeys(group, { ...context, Unavailable: JwtKeysUnavailableError }) },
    asksAboutOpaque: which !== 'local',
    asksAboutGood,
    sample,
    memory: resolveMemory(group, makesRevocationKeys),
    onFault: createFaultReporter(report, nowMs),
    manner: [
      which,
      rules,
      group.string('jwksUri') ?? group.raw('jwks') ?? null,
      // An answer about a sampled JWT has only what both say.
      ...(sample === undefined ? [] : ['sample']),
    ],
  })
}

function resolveSample(
  group: OptionGroup,
  mode: JwtMode,
  { nowMs, reportInactive }: Pick<JwtContext, 'nowMs' | 'reportInactive'>,
): JwtSample | undefined {
  const rate = group.number('sampleRate', { default: jwtDefaults.sampleRate, min: 0, max: 1 })
  const random = group.function<() => number>('random') ?? unguessable
  if (rate === 0) return undefined
  if (mode !== 'local-or-introspect') {
    const why =
      mode === 'local'
        ? 'the mode local asks about no token'
        : 'the mode local-then-introspect asks about every good JWT'
    throw group.error('sampleRate', `needs jwt.mode local-or-introspect, because ${why}`)
  }
  return new JwtSample({ rate, random, nowMs, onInactive: reportInactive })
}

/** Senders may see by the time of an answer whether it was sampled, so a generator that can be followed is not enough. */
function unguessable(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}

function resolveMemory(group: OptionGroup, makesRevocationKeys: boolean) {
  const useless = makesRevocationKeys ? undefined : MEMORY_OPTIONS.find((name) => group.has(name))
  if (useless !== undefined) {
    throw group.error(useless, 'is for a client whose option revocations has the secret: followFeed({ keySecret })')
  }
  const { maxTokenAgeSeconds, maxRevokedKeys } = jwtDefaults
  return {
    maxTokenAgeSeconds: group.integer('maxTokenAgeSeconds', { default: maxTokenAgeSeconds, min: 60, max: 31_536_000 }),
    maxKeys: group.integer('maxRevokedKeys', { default: maxRevokedKeys, min: 1000, max: 10_000_000 }),
  }
}

function resolveTypes(group: OptionGroup): readonly string[] {
  const types = (group.strings('types') ?? ['at+jwt']).map(typeName)
  const wrong = types.find((type) => OTHER_TYPES.has(type))
  if (wrong !== undefined) throw group.error('types', `must not have ${wrong}, which is not a type of access tokens`)
  return Object.freeze(types)
}

function resolveNames(
  group: OptionGroup,
  name: string,
  known: readonly string[],
): readonly (readonly [string, string])[] {
  const names = new OptionGroup(group.path(name), group.raw(name), known)
  return known.flatMap((from) => {
    const to = names.string(from)
    if (to === undefined) return []
    if (REGISTERED_MEMBERS.has(to)) throw names.error(from, 'must not be a registered member itself')
    return [[from, to] as const]
  })
}
