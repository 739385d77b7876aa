/** Options of step `clientAuthentication`, for every endpoint, and their defaults. */
import type { ReplayStore } from '@token-introspection/core/replay'
import type { HttpRequest } from '../http/http-message.ts'
import type { FetchJwks } from '../keys/create-jwks-loader.ts'
import type { Limiter } from '../limits/limiter.ts'
import { accessTokenDefaults, type AccessTokenOptions } from './access-token-options.ts'
import { attestationDefaults, type AttestationOptions } from './attestation/attestation-options.ts'
import { assertionDefaults, type AssertionOptions } from './assertion-options.ts'
import type { AuthenticateCustom } from './authenticate-client.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'
import type { AcceptedBasicEncoding } from './client-secret-basic.ts'
import { DEFAULT_FAILURES } from './failed-attempts.ts'
import type { FindProtectedResource, ProtectedResource } from './protected-resource.ts'
import type { VerifySecret } from './verify-hashed-secret.ts'

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
