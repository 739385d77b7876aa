/** Reads the options of step `clientAuthentication`, for every endpoint. */
import { type BasicEncoding, quote, type UrlRules } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createMemoryReplayStore, type ReplayStore } from '@token-introspection/core/replay'
import type { Warn } from '../events/warning.ts'
import type { HttpRequest } from '../http/http-message.ts'
import { createJwksLoader, type FetchJwks } from '../keys/create-jwks-loader.ts'
import { createMemoryLimiter, type Limiter } from '../limits/limiter.ts'
import { resolveAccessToken } from './access-token-options.ts'
import { resolveAttestation } from './attestation/attestation-options.ts'
import { resolveAssertion } from './assertion-options.ts'
import type { AuthenticateCustom, ClientAuthenticationStep } from './authenticate-client.ts'
import { type Challenges, createChallenges } from './challenges.ts'
import { checkSecretLength, hasUnsendableId, type RegistrationRules } from './check-registration.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'
import { clientAuthenticationDefaults } from './client-authentication-options.ts'
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'
import { ACCEPTED_BASIC_ENCODINGS, type AcceptedBasicEncoding } from './client-secret-basic.ts'
import {
  createFailedAttempts,
  DEFAULT_ADDRESS_FAILURES,
  DEFAULT_FAILURES,
  type FailedAttempts,
} from './failed-attempts.ts'
import {
  type EntryReader,
  type FindRegistered,
  type Registered,
  registeredByFunction,
  registeredList,
} from './registered.ts'
import { createSignatureVerifier } from './private-key-jwt.ts'
import { SecretFunctions } from './secret-functions.ts'
import { createVerifiedSecrets } from './verified-secrets.ts'
import { createHashedSecretVerifier, type VerifyHashedSecret, type VerifySecret } from './verify-hashed-secret.ts'
import { resolveMethods } from './resolve-methods.ts'

/** The registry of an endpoint: the names of its two options, and how its entries are read. */
export interface Registry<Caller extends Registered> {
  readonly list: string
  readonly find: string
  readonly reader: EntryReader<Caller>
  /** The default realm. */
  readonly realm: string
}

/** The other values of the endpoint that the step needs. */
interface Surroundings<Caller extends Registered> {
  /** The issuer. It is the audience of assertions. */
  readonly issuer: string | undefined
  /** Which URLs of keys may use plain http. */
  readonly urlRules: UrlRules
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly warn: Warn
  /** Throws for a caller without budget. When it is absent, every caller has budget. */
  readonly requireBudget?: (caller: Caller) => void
  /** Hears of good Basic credentials that mean something else in another encoding. */
  readonly onBasicRead?: ((clientId: string, encoding: BasicEncoding) => void) | undefined
}

const OPTIONS = [
  'methods',
  'basicEncoding',
  'realm',
  'verifySecret',
  'decoySecret',
  'failures',
  'remoteAddress',
  'assertion',
  'replayStore',
  'fetchJwks',
  'clientCertificate',
  'attestation',
  'accessToken',
  'custom',
]

/** Resolves the step for an endpoint, and its challenges. */
export function resolveClientAuthentication<Caller extends Registered>(
  options: unknown,
  registry: Registry<Caller>,
  { issuer, urlRules, timeoutMs, now, warn, requireBudget = () => undefined, onBasicRead }: Surroundings<Caller>,
): ClientAuthenticationStep<Caller> & { readonly challenge: string } {
  const { list, find } = registry
  const group = new OptionGroup('clientAuthentication', options, [list, find, ...OPTIONS])
  group.requireOneOf(list, find)
  const methods = resolveMethods(group, issuer)
  const clientCertificate = group.function<ClientCertificateResolver>('clientCertificate')
  const unchallenged = resolveAccessToken(group.raw('accessToken'), group.path('accessToken'), {
    issuer,
    takesDpop: methods.has('DPoP'),
  })
  const assertion = resolveAssertionOf(group, methods, issuer, warn)
  const findCaller = group.function<FindRegistered<Caller>>(find)
  const jwksLoader = createJwksLoader({ fetch: group.function<FetchJwks>('fetchJwks'), urlRules, now, timeoutMs })
  const challenges = createChallenges({
    realm: resolveRealm(group, registry.realm),
    methods,
    scope: unchallenged?.scope,
    algs: unchallenged?.dpop.algorithms.join(' ') ?? '',
  })
  const verifyHashed = resolveVerifySecret(group, timeoutMs, now)
  const secretFunctions = new SecretFunctions()
  return {
    findRegistered:
      findCaller === undefined
        ? readList(group, registry, { methods, assertion, urlRules, secretFunctions }, warn)
        : registeredByFunction(findCaller, group.path(find), registry.reader, urlRules, warn),
    methods,
    timeoutMs,
    now,
    warn,
    requireBudget,
    onBasicRead,
    basicEncoding: group.oneOf<AcceptedBasicEncoding>(
      'basicEncoding',
      ACCEPTED_BASIC_ENCODINGS,
      clientAuthenticationDefaults.basicEncoding,
    ),
    secretFunctions,
    verified: createVerifiedSecrets(verifyHashed === undefined),
    verifyHashed,
    failures: resolveFailures(group, timeoutMs, now),
    remoteAddress: resolveRemoteAddress(group),
    assertion,
    replayStore: group.seam<ReplayStore>('replayStore', 'remember') ?? createMemoryReplayStore({ now }),
    jwksLoader,
    verifySignature: createSignatureVerifier(jwksLoader),
    clientCertificate,
    attestation: resolveAttestationOf(group, methods, issuer, urlRules),
    accessToken: withChallenges(unchallenged, challenges),
    custom: group.function<AuthenticateCustom>('custom'),
    challenge: challenges.all,
  }
}

/** The registry with the fixed list. Its entries are checked against the methods of this endpoint. */
function readList<Caller extends Registered>(
  group: OptionGroup,
  { list, reader: { known, toCaller } }: Registry<Caller>,
  {
    urlRules,
    secretFunctions,
    ...rules
  }: RegistrationRules & { readonly urlRules: UrlRules; readonly secretFunctions: SecretFunctions },
  warn: Warn,
): FindRegistered<Caller> {
  const unsendable: string[] = []
  const checking: EntryReader<Caller> = {
    known,
    toCaller(registered, entry) {
      checkSecretLength(registered, entry, rules)
      const { clientSecrets: find } = registered
      if (typeof find === 'function') secretFunctions.note(find)
      if (hasUnsendableId(registered, rules)) unsendable.push(registered.id)
      return toCaller(registered, entry)
    },
  }
  const registry = registeredList(group.raw(list), group.path(list), checking, urlRules)
  if (unsendable.length > 0) {
    const ids = quote(unsendable)
    warn(
      'colon-in-identifier',
      `${group.path(list)}: the identifiers ${ids} have a colon. client_secret_basic works only for callers that form-encode them (RFC 6749 §2.3.1), and most software does not: its credentials are cut at the first colon and refused. Choose an identifier without one, or let the caller use another method`,
    )
  }
  return registry
}

/** An address that is not a text, such as `null`, counts as unknown. Then failures are not counted. */
function resolveRemoteAddress(group: OptionGroup): ClientAuthenticationStep['remoteAddress'] {
  const remoteAddress = group.function<(request: HttpRequest) => unknown>('remoteAddress')
  if (remoteAddress === undefined) return (request) => request.remoteAddress?.()
  return (request) => {
    const address = remoteAddress(request)
    return typeof address === 'string' && address !== '' ? address : undefined
  }
}

function resolveRealm(group: OptionGroup, defaultRealm: string): string {
  const realm = group.string('realm') ?? defaultRealm
  if (!/^[\x20-\x7e]*$/.test(realm)) throw group.error('realm', 'must be printable ASCII')
  return realm
}

function resolveVerifySecret(group: OptionGroup, timeoutMs: number, now: () => number): VerifyHashedSecret | undefined {
  const verifySecret = group.function<VerifySecret>('verifySecret')
  const decoy = group.string('decoySecret')
  if (verifySecret !== undefined) return createHashedSecretVerifier({ verifySecret, decoy, timeoutMs, now })
  if (decoy !== undefined) throw group.error('decoySecret', 'is for verifySecret only')
  return undefined
}

function resolveFailures(group: OptionGroup, timeoutMs: number, now: () => number): FailedAttempts | undefined {
  if (group.raw('failures') === false) return undefined
  const limiter = group.seam<Limiter>('failures', 'consume')
  const pairs = limiter ?? createMemoryLimiter({ ...DEFAULT_FAILURES, now })
  const addresses = limiter ?? createMemoryLimiter({ ...DEFAULT_ADDRESS_FAILURES, now })
  return createFailedAttempts({ pairs, addresses }, timeoutMs, now)
}

function resolveAssertionOf(
  group: OptionGroup,
  methods: ReadonlySet<ClientAuthenticationMethod>,
  issuer: string | undefined,
  warn: Warn,
): ClientAuthenticationStep['assertion'] {
  const takesHmac = methods.has('client_secret_jwt')
  if (issuer !== undefined && (takesHmac || methods.has('private_key_jwt'))) {
    return resolveAssertion(group.raw('assertion'), group.path('assertion'), { issuer, takesHmac, warn })
  }
  if (group.has('assertion')) throw group.error('assertion', 'is for private_key_jwt and client_secret_jwt only')
  return undefined
}

function resolveAttestationOf(
  group: OptionGroup,
  methods: ReadonlySet<ClientAuthenticationMethod>,
  issuer: string | undefined,
  urlRules: UrlRules,
): ClientAuthenticationStep['attestation'] {
  if (issuer !== undefined && methods.has('attest_jwt_client_auth')) {
    return resolveAttestation(group.raw('attestation'), group.path('attestation'), { issuer, urlRules })
  }
  if (group.has('attestation')) throw group.error('attestation', 'is for attest_jwt_client_auth only')
  return undefined
}

function withChallenges(
  accessToken: ReturnType<typeof resolveAccessToken>,
  challenges: Challenges,
): ClientAuthenticationStep['accessToken'] {
  return accessToken === undefined ? undefined : { ...accessToken, challenges }
}
