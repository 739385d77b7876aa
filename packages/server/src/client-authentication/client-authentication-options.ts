/** Options of step `clientAuthentication`, on every endpoint. */
import { quote } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createMemoryReplayStore, type ReplayStore } from '@token-introspection/core/replay'
import { CAN_READ_CERTIFICATES } from '#x509'
import type { Warn } from '../events/warning.ts'
import type { HttpRequest } from '../http/http-message.ts'
import { createJwksLoader, type FetchJwks } from '../keys/create-jwks-loader.ts'
import { createMemoryLimiter, type Limiter } from '../limits/limiter.ts'
import { accessTokenDefaults, type AccessTokenOptions, resolveAccessToken } from './access-token-options.ts'
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

/** Step `clientAuthentication`, whoever calls: how callers prove who they are. */
export interface ClientAuthenticationMethodOptions {
  /**
   * The methods taken, by registered name. Default `client_secret_basic`, `client_secret_post` and, where the issuer is
   * known, `private_key_jwt`. A caller can use those of them that it registered credentials for. `tls_client_auth` and
   * `self_signed_tls_client_auth` need `clientCertificate`, `Bearer` and `DPoP` need `accessToken`.
   */
  readonly methods?: readonly ClientAuthenticationMethod[] | undefined
  /**
   * How Basic credentials are read. Default `form-then-raw`: form-decoded as RFC 6749 §2.3.1 says and, when that
   * differs, as they stand, counted as one attempt. `form` refuses callers that do not encode. `form-then-raw-then-latin1`
   * takes octets that are not UTF-8 as ISO-8859-1, for callers such as requests, Authlib and older Spring whose secret has a
   * letter like `é`; credentials still have two readings at most.
   */
  readonly basicEncoding?: AcceptedBasicEncoding | undefined
  /**
   * Whether a presented secret is the one that a registered hash was made of, where `clientSecrets` hold hashes: argon2,
   * scrypt, bcrypt, PBKDF2. Default none: `clientSecrets` are the secrets. Credentials that were good are remembered in
   * memory while their hash stays registered, so that only the first request of a caller waits for it. Four run at once: three
   * of registered identifiers, which take turns, while 32 more wait and the rest is answered 503; and one of identifiers that
   * are not registered, whose other requests wait as long as a verification takes and cost none.
   */
  readonly verifySecret?: VerifySecret | undefined
  /**
   * A hash of no one's secret, made as the registered ones are: an identifier that is not registered costs a verification
   * too. Default the hashes of the caller with the most, so the first requests of a process may tell. Every failure costs as
   * many verifications as that caller has hashes, four at most.
   */
  readonly decoySecret?: string | undefined
  /**
   * Budget of failures with a secret. Each takes one point by claimed identifier and address; once it is used up, the pair is
   * answered 429. Each takes one point by the address alone as well; once that is used up, failures from it are answered 429
   * and right secrets are let in. Credentials that were good before are let in whatever is used up. Default 20 per minute for a
   * pair and 200 for an address, in memory; a limiter of yours counts both, under keys of their own; `false` for none. Where
   * the address is not known, as in the fetch form, nothing is counted.
   */
  readonly failures?: Limiter | false | undefined
  /**
   * The address a request comes from, as far as failures are concerned. Default the connection's, which behind a proxy is
   * the proxy's. Read a header field only if your proxy writes it. A port behind the address does not count.
   */
  readonly remoteAddress?: ((request: HttpRequest) => string | undefined) | undefined
  /** What client assertions must be like. */
  readonly assertion?: AssertionOptions | undefined
  /**
   * Remembers assertions and DPoP proofs that were used. Default one in memory for 200000 of them: several processes, or
   * several endpoints with one issuer, have to share one. One caller may take half of it, and any number of callers leave to
   * another as much room as each of them has; a caller without room is answered 503. An assertion is remembered once its
   * signature is known to be good, unless its caller has used up its budget of hits.
   */
  readonly replayStore?: ReplayStore | undefined
  /** Fetches `jwksUri`, for an authority of your own, a proxy, or a list of allowed hosts. Default `fetch`. */
  readonly fetchJwks?: FetchJwks | undefined
  /** Where the certificate of a caller is found: `certificateFromSocket()`, `certificateFromHeader(…)`, or your own. */
  readonly clientCertificate?: ClientCertificateResolver | undefined
  /** What the access token of a caller must be like. */
  readonly accessToken?: AccessTokenOptions | undefined
  /** A method of your own, asked first. */
  readonly custom?: AuthenticateCustom | undefined
}

/** Step `clientAuthentication`: who may call. Give exactly one of the two registries. */
export interface ClientAuthenticationOptions extends ClientAuthenticationMethodOptions {
  /** Every protected resource that may call, when the list is fixed. */
  readonly protectedResources?: readonly ProtectedResource[] | undefined
  /**
   * Finds a protected resource by its identifier, when they live elsewhere. A throw is answered 503. What it gives is
   * checked as an entry of the list is: it is a plain object that inherits nothing from a class, its `id` is the one that was
   * asked for, there is no member beside those of a protected resource, and `null` members are absent. One without usable credentials is answered as unknown, with a warning
   * event; any other mistake is answered 500 once the caller has proved who it is, and nothing is disclosed. What is frozen,
   * all the way down, is checked once.
   */
  readonly findProtectedResource?: FindProtectedResource | undefined
  /** The `realm` of the challenge every 401 carries. Default `token introspection`. */
  readonly realm?: string | undefined
}

/** The defaults of the step. */
export const clientAuthenticationDefaults = Object.freeze({
  methods: Object.freeze(['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const),
  basicEncoding: 'form-then-raw',
  realm: 'token introspection',
  failures: DEFAULT_FAILURES,
  assertion: assertionDefaults,
  accessToken: accessTokenDefaults,
} as const)

/** The registry of an endpoint: what its two options are called, and how its entries are read. */
interface Registry<Caller extends Registered> {
  readonly list: string
  readonly find: string
  readonly reader: EntryReader<Caller>
  /** The realm unless another is given. */
  readonly realm: string
}

/** What else the step needs of its endpoint. */
interface Surroundings<Caller extends Registered> {
  /** The issuer, which is the audience of assertions. */
  readonly issuer: string | undefined
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly warn: Warn
  /** Throws for a caller that has no budget left; every caller has some where it is not given. */
  readonly requireBudget?: (caller: Caller) => void
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
  'accessToken',
  'custom',
]

/** Step `clientAuthentication` of an endpoint, and the challenge for those who fail it. */
export function resolveClientAuthentication<Caller extends Registered>(
  options: unknown,
  registry: Registry<Caller>,
  { issuer, timeoutMs, now, warn, requireBudget = () => undefined }: Surroundings<Caller>,
): ClientAuthenticationStep<Caller> & { readonly challenge: string } {
  const { list, find } = registry
  const group = new OptionGroup('clientAuthentication', options, [list, find, ...OPTIONS])
  if (group.has(list) === group.has(find)) throw group.error(list, `give either this or ${find}`)
  const methods = resolveMethods(group, issuer)
  const clientCertificate = group.function<ClientCertificateResolver>('clientCertificate')
  const unchallenged = resolveAccessToken(group.raw('accessToken'), group.path('accessToken'), {
    issuer,
    takesDpop: methods.has('DPoP'),
  })
  const assertion = resolveAssertionOf(group, methods, issuer, warn)
  const findCaller = group.function<FindRegistered<Caller>>(find)
  const jwksLoader = createJwksLoader({ fetch: group.function<FetchJwks>('fetchJwks'), now, timeoutMs })
  const challenges = createChallenges({
    realm: resolveRealm(group, registry.realm),
    methods,
    scope: unchallenged?.scope,
    algs: unchallenged?.dpop.algorithms.join(' ') ?? '',
  })
  return {
    findRegistered:
      findCaller === undefined
        ? readList(group, registry, { methods, assertion }, warn)
        : registeredByFunction(findCaller, group.path(find), registry.reader, warn),
    methods,
    timeoutMs,
    now,
    warn,
    requireBudget,
    basicEncoding: group.oneOf<AcceptedBasicEncoding>(
      'basicEncoding',
      ACCEPTED_BASIC_ENCODINGS,
      clientAuthenticationDefaults.basicEncoding,
    ),
    verified: createVerifiedSecrets(),
    verifyHashed: resolveVerifySecret(group, timeoutMs, now),
    failures: resolveFailures(group, timeoutMs, now),
    remoteAddress: resolveRemoteAddress(group),
    assertion,
    replayStore: group.seam<ReplayStore>('replayStore', 'remember') ?? createMemoryReplayStore({ now }),
    jwksLoader,
    verifySignature: createSignatureVerifier(jwksLoader),
    clientCertificate,
    accessToken: withChallenges(unchallenged, challenges),
    custom: group.function<AuthenticateCustom>('custom'),
    challenge: challenges.all,
  }
}

/** The registry over the fixed list, whose entries are checked against what this endpoint takes. */
function readList<Caller extends Registered>(
  group: OptionGroup,
  { list, reader: { known, toCaller } }: Registry<Caller>,
  rules: RegistrationRules,
  warn: Warn,
): FindRegistered<Caller> {
  const unsendable: string[] = []
  const registry = registeredList(group.raw(list), group.path(list), {
    known,
    toCaller(registered, entry) {
      checkSecretLength(registered, entry, rules)
      if (hasUnsendableId(registered, rules)) unsendable.push(registered.id)
      return toCaller(registered, entry)
    },
  })
  if (unsendable.length > 0) {
    const ids = quote(unsendable)
    warn(
      'colon-in-identifier',
      `${group.path(list)}: the identifiers ${ids} have a colon. client_secret_basic works only for callers that form-encode them (RFC 6749 §2.3.1), and most software does not: its credentials are cut at the first colon and refused. Choose an identifier without one, or let the caller use another method`,
    )
  }
  return registry
}

/** The methods, each with what it needs. */
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
      if (group.has('verifySecret')) return 'the secrets themselves, which verifySecret has not'
      return issuer === undefined ? 'the option issuer' : undefined
    case 'private_key_jwt':
      return issuer === undefined ? 'the option issuer' : undefined
    case 'tls_client_auth':
      if (!CAN_READ_CERTIFICATES) return 'node:crypto, which this runtime has not'
      return group.has('clientCertificate') ? undefined : group.path('clientCertificate')
    case 'self_signed_tls_client_auth':
      return group.has('clientCertificate') ? undefined : group.path('clientCertificate')
    case 'Bearer':
    case 'DPoP':
      return group.has('accessToken') ? undefined : group.path('accessToken')
    default:
      return undefined
  }
}

/** An address that is no text, such as `null`, is none: a failure is then not counted, as where no address is known. */
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

function withChallenges(
  accessToken: ReturnType<typeof resolveAccessToken>,
  challenges: Challenges,
): ClientAuthenticationStep['accessToken'] {
  return accessToken === undefined ? undefined : { ...accessToken, challenges }
}
