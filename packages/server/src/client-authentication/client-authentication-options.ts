/** Options of step `clientAuthentication`, for every endpoint. */
import { type BasicEncoding, quote, type UrlRules } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createMemoryReplayStore, type ReplayStore } from '@token-introspection/core/replay'
import { CAN_READ_CERTIFICATES } from '#x509'
import type { Warn } from '../events/warning.ts'
import type { HttpRequest } from '../http/http-message.ts'
import { createJwksLoader, type FetchJwks } from '../keys/create-jwks-loader.ts'
import { createMemoryLimiter, type Limiter } from '../limits/limiter.ts'
import { accessTokenDefaults, type AccessTokenOptions, resolveAccessToken } from './access-token-options.ts'
import { attestationDefaults, type AttestationOptions, resolveAttestation } from './attestation/attestation-options.ts'
import { assertionDefaults, type AssertionOptions, resolveAssertion } from './assertion-options.ts'
import type { AuthenticateCustom, ClientAuthenticationStep } from './authenticate-client.ts'
import { type Challenges, createChallenges } from './challenges.ts'
import { checkSecretLength, hasUnsendableId, type RegistrationRules } from './check-registration.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'
import { CLIENT_AUTHENTICATION_METHODS, type ClientAuthenticationMethod } from './client-authentication-method.ts'
import { ACCEPTED_BASIC_ENCODINGS, type AcceptedBasicEncoding } from './client-secret-basic.ts'
import {
  createFailedAttempts,
  DEFAULT_ADDRESS_FAILURES,
  DEFAULT_FAILURES,
  type FailedAttempts,
} from './failed-attempts.ts'
import type { FindProtectedResource, ProtectedResource } from './protected-resource.ts'
import {
  type EntryReader,
  type FindRegistered,
  type Registered,
  registeredByFunction,
  registeredList,
} from './registered.ts'
import { createSignatureVerifier } from './private-key-jwt.ts'
import { createVerifiedSecrets } from './verified-secrets.ts'
import { createHashedSecretVerifier, type VerifyHashedSecret, type VerifySecret } from './verify-hashed-secret.ts'

/** Step `clientAuthentication`, for every endpoint: how callers prove their identity. */
export interface ClientAuthenticationMethodOptions {
  /**
   * The accepted methods, by registered name. Default `client_secret_basic`, `client_secret_post` and, with an issuer,
   * `private_key_jwt`. A caller can use the methods for which it registered credentials. `tls_client_auth` and
   * `self_signed_tls_client_auth` need `clientCertificate`. `Bearer` and `DPoP` need `accessToken`. `attest_jwt_client_auth` needs
   * `attestation`, and only callers that have it in their own `methods` can use it.
   */
  readonly methods?: readonly ClientAuthenticationMethod[] | undefined
  /**
   * How the endpoint reads Basic credentials. Default `form-then-raw`: form-decoded as RFC 6749 §2.3.1 says and, if that makes
   * a difference, also without decoding. Both together count as one attempt. `form` refuses callers that do not encode.
   * `form-then-raw-then-latin1` also reads octets that are not UTF-8, as ISO-8859-1. Use it for callers with a letter such as
   * `é` in their secret that use requests, Authlib or older Spring. Credentials still have at most two readings. `basicEncoding`
   * of a caller replaces this option for that caller.
   */
  readonly basicEncoding?: AcceptedBasicEncoding | undefined
  /**
   * Says whether a registered hash was made from a presented secret. Set it when `clientSecrets` hold hashes: argon2, scrypt,
   * bcrypt, PBKDF2. Default none: `clientSecrets` are the secrets themselves. Good credentials are remembered in memory
   * while their hash stays registered, so only the first request of a caller waits for the verification. At most four
   * verifications run at once. Three are for registered identifiers, which take turns: 32 more can wait, and further ones are
   * answered 503. One is for unregistered identifiers. Further requests with such identifiers wait as long as a verification
   * takes, and cost no computation.
   */
  readonly verifySecret?: VerifySecret | undefined
  /**
   * A hash of a secret that nobody has, made like the registered hashes. The endpoint verifies unregistered identifiers with
   * it, so that they take as long as registered ones. Default: the hashes of the caller with the most hashes, so the first
   * requests of a process may reveal whether an identifier is registered. Every failure costs as many verifications as that
   * caller has hashes, at most four.
   */
  readonly decoySecret?: string | undefined
  /**
   * The budget for failures with a secret. Each failure takes one point from the pair of claimed identifier and address. When
   * the pair has used up its points, the endpoint answers it 429. Each failure also takes one point from the address alone.
   * When the address has used up its points, its failures are answered 429, but right secrets are accepted. Credentials that
   * were good before are always accepted. Default: 20 per minute for a pair and 200 for an address, in memory. A limiter of
   * your own counts both, under different keys. `false` turns the count off. Without a known address, as in the fetch form,
   * nothing is counted.
   */
  readonly failures?: Limiter | false | undefined
  /**
   * Returns the address of a request for the count of failures. Default: the address of the connection. Behind a proxy that is
   * the address of the proxy. Read a header field only if your proxy writes it. A port after the address is ignored.
   */
  readonly remoteAddress?: ((request: HttpRequest) => string | undefined) | undefined
  /** The rules for client assertions. */
  readonly assertion?: AssertionOptions | undefined
  /**
   * Remembers the assertions and DPoP proofs that were used. Default: one in memory for 200,000 of them. Several processes,
   * or several endpoints with one issuer, must share one store. One caller can take half of it. However many callers there
   * are, each leaves another as much room as it has itself. A caller without room is answered 503. The store records an
   * assertion after its signature was verified, but not when its caller has used up its budget of hits.
   */
  readonly replayStore?: ReplayStore | undefined
  /** Fetches `jwksUri`. Set it for a certificate authority of your own, a proxy, or a list of allowed hosts. Default `fetch`. */
  readonly fetchJwks?: FetchJwks | undefined
  /** Finds the certificate of a caller: `certificateFromSocket()`, `certificateFromHeader(…)`, or your own function. */
  readonly clientCertificate?: ClientCertificateResolver | undefined
  /** The trusted attesters, and the rules for attestations and their proofs. */
  readonly attestation?: AttestationOptions | undefined
  /** The rules for access tokens of callers. */
  readonly accessToken?: AccessTokenOptions | undefined
  /** A method of your own. The endpoint tries it first. */
  readonly custom?: AuthenticateCustom | undefined
}

/** Step `clientAuthentication`: which callers exist. Give exactly one of the two registries. */
export interface ClientAuthenticationOptions extends ClientAuthenticationMethodOptions {
  /** All protected resources that may call, as a fixed list. */
  readonly protectedResources?: readonly ProtectedResource[] | undefined
  /**
   * Finds a protected resource by its identifier, for a registry of your own. If it throws, the endpoint answers 503. Its
   * result is checked like a list entry: it must be a plain object and not an instance of a class, its `id` must be the
   * requested one, and it must have only the members of a protected resource. `null` members count as absent. An entry
   * without usable credentials counts as unknown, and a warning is reported. With any other mistake the endpoint answers 500
   * after the caller has authenticated, and discloses nothing. An entry that is frozen at every level is checked once.
   */
  readonly findProtectedResource?: FindProtectedResource | undefined
  /** The `realm` of the challenge in every 401. Default `token introspection`. */
  readonly realm?: string | undefined
}

/** The defaults of the step. */
export const clientAuthenticationDefaults = Object.freeze({
  methods: Object.freeze(['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const),
  basicEncoding: 'form-then-raw',
  realm: 'token introspection',
  failures: DEFAULT_FAILURES,
  assertion: assertionDefaults,
  attestation: attestationDefaults,
  accessToken: accessTokenDefaults,
} as const)

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
  return {
    findRegistered:
      findCaller === undefined
        ? readList(group, registry, { methods, assertion, urlRules }, warn)
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
  { urlRules, ...rules }: RegistrationRules & { readonly urlRules: UrlRules },
  warn: Warn,
): FindRegistered<Caller> {
  const unsendable: string[] = []
  const checking: EntryReader<Caller> = {
    known,
    toCaller(registered, entry) {
      checkSecretLength(registered, entry, rules)
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

/** Resolves the methods, and checks that each has the options it needs. */
function resolveMethods(group: OptionGroup, issuer: string | undefined): ReadonlySet<ClientAuthenticationMethod> {
  const usual = clientAuthenticationDefaults.methods.filter(
    (method) => method !== 'private_key_jwt' || issuer !== undefined,
  )
  const names = group.strings('methods') ?? usual
  const unknown = names.find((method) => !(CLIENT_AUTHENTICATION_METHODS as readonly string[]).includes(method))
  if ((names.length === 0 && !group.has('custom')) || unknown !== undefined) {
    throw group.error('methods', `must hold some of ${CLIENT_AUTHENTICATION_METHODS.join(', ')}`)
  }
  const methods = new Set(names as ClientAuthenticationMethod[])
  for (const method of methods) {
    const missing = missingFor(method, group, issuer)
    if (missing !== undefined) throw group.error('methods', `${method} needs ${missing}`)
  }
  return methods
}

function missingFor(
  method: ClientAuthenticationMethod,
  group: OptionGroup,
  issuer: string | undefined,
): string | undefined {
  switch (method) {
    case 'client_secret_jwt':
      if (group.has('verifySecret')) return 'secrets in clear, and with verifySecret there are only hashes'
      return issuer === undefined ? 'the option issuer' : undefined
    case 'private_key_jwt':
      return issuer === undefined ? 'the option issuer' : undefined
    case 'tls_client_auth':
      if (!CAN_READ_CERTIFICATES) return 'node:crypto, which this runtime does not have'
      return group.has('clientCertificate') ? undefined : group.path('clientCertificate')
    case 'self_signed_tls_client_auth':
      return group.has('clientCertificate') ? undefined : group.path('clientCertificate')
    case 'attest_jwt_client_auth':
      if (issuer === undefined) return 'the option issuer'
      return group.has('attestation') ? undefined : group.path('attestation')
    case 'Bearer':
    case 'DPoP':
      return group.has('accessToken') ? undefined : group.path('accessToken')
    default:
      return undefined
  }
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
