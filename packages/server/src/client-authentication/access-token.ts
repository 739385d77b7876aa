/** `Bearer` and `DPoP`: a caller with an access token of its own (RFC 7662 §2.1, RFC 6750, RFC 9449). */
import {
  audienceIntersects,
  isAccessToken,
  isVerifiableConfirmation,
  parseScope,
  signedContent,
  toAudienceList,
  type VerifiableConfirmation,
} from '@token-introspection/core'
import { sha256 } from '#crypto'
import { askDependency } from '../dependency.ts'
import {
  ClientAuthenticationRegistryError,
  ClientAuthenticationScopeError,
  ClientAuthenticationTokenError,
} from '../errors.ts'
import type { Warn } from '../warning.ts'
import type { HttpRequest } from '../http-message.ts'
import type { TokenRecord } from '../lookup/token-record.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { ReceivedRequest } from '../request/read-request.ts'
import type { Challenges, TokenScheme } from './challenges.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'
import { type DpopStep, type UnusedProof, validateDpopProof } from './dpop-proof.ts'
import { equalDigests } from './equal-digests.ts'
import { type FindStep, findRegistered } from './find-registered.ts'
import { mayUse, type Registered } from './registered.ts'
import type { ReplayStep } from './remember-use.ts'

/** What an access token of a caller says, once it is known to be genuine. A `TokenRecord` of a store is one. */
export type CallerAccessToken = Pick<
  TokenRecord,
  'client_id' | 'sub' | 'scope' | 'aud' | 'exp' | 'nbf' | 'cnf' | 'revoked'
> & { readonly kind?: TokenRecord['kind'] | undefined }

/**
 * Finds the access token a caller authenticates with: in your store, or by verifying a JWT. What it says is checked after
 * that: scope, audience, subject, lifetime, and the key it is bound to.
 *
 * @returns `null` for a token that is unknown or not genuine.
 * @throws or rejects when it cannot tell, which is answered 503.
 */
export type FindCallerAccessToken = (
  token: string,
  context: { readonly request: HttpRequest; readonly scheme: TokenScheme },
) => MaybePromise<CallerAccessToken | null | undefined>

/** Option group `clientAuthentication.accessToken`, resolved. */
export interface AccessTokenStep {
  readonly find: FindCallerAccessToken
  readonly scope: string
  readonly audience: string
  readonly insufficientScopeStatus: 401 | 403
  readonly dpop: DpopStep
  readonly challenges: Challenges
}

/** What the access token methods need. */
export interface AccessTokenMethodStep<Caller extends Registered> extends FindStep<Caller>, ReplayStep {
  readonly accessToken: AccessTokenStep | undefined
  readonly clientCertificate: ClientCertificateResolver | undefined
  readonly warn: Warn
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Throws for a caller that has no budget left, whose proofs are to take no room in the replay store. */
  readonly requireBudget: (caller: Caller) => void
}

/**
 * The caller an access token was issued to.
 *
 * Security: the token has to be the caller's own. One that a user gave it says who the user is, and the token that is asked
 * about must not let itself in.
 */
export async function authenticateByAccessToken<Caller extends Registered>(
  received: ReceivedRequest,
  token: string,
  scheme: TokenScheme,
  options: AccessTokenStep,
  step: AccessTokenMethodStep<Caller>,
): Promise<Caller> {
  const refused = (complaint: string): ClientAuthenticationTokenError =>
    new ClientAuthenticationTokenError(`access token: ${complaint}`, options.challenges.failed(scheme, 'invalid_token'))

  // By what is signed: another spelling of the signature makes another text of the same JWT.
  const [own, ...asked] = await Promise.all(
    [token, ...received.form.getAll('token')].map(async (text) => sha256(signedContent(text))),
  )
  if (asked.some((other) => equalDigests(other, own as string))) throw refused('it is the token that is asked about')
  const found = await askDependency(
    () => options.find(token, { request: received.http, scheme }),
    step.timeoutMs,
    (cause) => new ClientAuthenticationRegistryError('the access token of a caller could not be found', { cause }),
  )
  if (!found || !isLive(found, step.now() / 1000)) throw refused('it is not active')
  if (!audienceIntersects(toAudienceList(found.aud ?? undefined), options.audience))
    throw refused('it is not for this endpoint')
  const proof = await requireProof(received, found, await sha256(token), scheme, { options, step, refused })
  const { client_id: clientId, sub } = found
  if (!clientId || (sub ?? clientId) !== clientId) throw refused('it is not the own token of a caller')
  const caller = await findRegistered(clientId, step)
  if (!caller || !mayUse(caller, scheme)) throw refused('its client may not call')
  const clientIdBeside = received.form.get('client_id')
  if ((clientIdBeside ?? clientId) !== clientId) throw refused('client_id is another')
  const granted = parseScope(found.scope ?? undefined)
  if (!parseScope(options.scope).every((needed) => granted.includes(needed))) {
    throw new ClientAuthenticationScopeError(
      'access token: it lacks the scope',
      options.challenges.failed(scheme, 'insufficient_scope'),
      options.insufficientScopeStatus,
    )
  }
  step.requireBudget(caller)
  if (proof !== undefined && !(await proof.use(clientId))) throw refusedProof('it was used before', scheme, options)
  return caller
}

function isLive(token: CallerAccessToken, now: number): boolean {
  const { kind, revoked, exp, nbf } = token
  // What finds it may hand over an answer, whose members say more than the type has.
  if (revoked || (kind ?? 'access_token') !== 'access_token' || !isAccessToken({ ...token }, {})) return false
  return now < (exp ?? Number.POSITIVE_INFINITY) && now >= (nbf ?? 0)
}

interface ProofContext<Caller extends Registered> {
  readonly options: AccessTokenStep
  readonly step: AccessTokenMethodStep<Caller>
  readonly refused: (complaint: string) => ClientAuthenticationTokenError
}

/** A token that is bound to a key is good for nobody else, by any scheme (RFC 9449 §7.2, RFC 8705 §3). */
async function requireProof<Caller extends Registered>(
  received: ReceivedRequest,
  { cnf }: CallerAccessToken,
  tokenDigest: string,
  scheme: TokenScheme,
  { options, step, refused }: ProofContext<Caller>,
): Promise<UnusedProof | undefined> {
  // A store may give `null` for what is absent.
  const isBound = cnf !== undefined && (cnf as unknown) !== null
  if (isBound && !isVerifiableConfirmation(cnf)) {
    throw refused('its cnf has neither a good jkt nor a good x5t#S256, so nothing confirms who sends it')
  }
  const { jkt, 'x5t#S256': x5t }: VerifiableConfirmation = cnf ?? {}
  if ((jkt === undefined) === (scheme === 'DPoP')) throw refused('it was not presented by the scheme it is for')
  if (x5t !== undefined) {
    const certificate = step.clientCertificate?.(received.http, step.warn)
    const thumbprint = certificate && (await digestOctets(certificate.der))
    if (thumbprint === undefined || !equalDigests(thumbprint, x5t)) throw refused('it is bound to another certificate')
  }
  if (jkt === undefined) return undefined
  const proof = received.http.header('dpop')
  if (proof === undefined) throw refusedProof('the DPoP field is missing', scheme, options)
  const validated = await validateDpopProof(proof, { jkt, ath: tokenDigest, nowMs: step.now() }, options.dpop, step)
  if (typeof validated === 'string') throw refusedProof(validated, scheme, options)
  return validated
}

function refusedProof(
  complaint: string,
  scheme: TokenScheme,
  { challenges }: AccessTokenStep,
): ClientAuthenticationTokenError {
  return new ClientAuthenticationTokenError(`DPoP proof: ${complaint}`, challenges.failed(scheme, 'invalid_dpop_proof'))
}

async function digestOctets(octets: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(octets))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
