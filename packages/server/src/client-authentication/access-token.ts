/** `Bearer` and `DPoP`: a caller that authenticates with its own access token (RFC 7662 §2.1, RFC 6750, RFC 9449). */
import {
  audienceIntersects,
  type Complaint,
  describeComplaint,
  isAccessToken,
  isVerifiableConfirmation,
  parseScope,
  quote,
  sha256Base64url,
  signedContent,
  toAudienceList,
  type VerifiableConfirmation,
} from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { sha256 } from '#crypto'
import { askDependency } from '../dependencies/ask-dependency.ts'
import {
  ClientAuthenticationRegistryError,
  ClientAuthenticationScopeError,
  ClientAuthenticationTokenError,
} from '../errors.ts'
import type { Warn } from '../events/warning.ts'
import type { HttpRequest } from '../http/http-message.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { ReceivedRequest } from '../request/read-request.ts'
import type { Challenges, TokenScheme } from './challenges.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'
import { type DpopStep, type UnusedProof, validateDpopProof } from './dpop-proof.ts'
import { equalDigests } from './equal-digests.ts'
import { type FindStep, findRegistered } from './find-registered.ts'
import { mayUse, type Registered } from './registered.ts'
import type { ReplayStep } from './remember-use.ts'

/** The content of a genuine access token of a caller. A `TokenRecord` of a store has this type. */
export type CallerAccessToken = Pick<
  TokenRecord,
  'client_id' | 'sub' | 'scope' | 'aud' | 'exp' | 'nbf' | 'cnf' | 'revoked'
> & { readonly kind?: TokenRecord['kind'] | undefined }

/**
 * Finds the access token that a caller authenticates with, in your store or by verifying a JWT. The endpoint then checks the
 * scope, audience, subject and lifetime of the token, and the key it is bound to.
 *
 * @returns `null` for a token that is unknown or not genuine.
 * @throws or rejects when it cannot find out. The endpoint then answers 503.
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

/** The resolved options of the access token methods. */
export interface AccessTokenMethodStep<Caller extends Registered> extends FindStep<Caller>, ReplayStep {
  readonly accessToken: AccessTokenStep | undefined
  readonly clientCertificate: ClientCertificateResolver | undefined
  readonly warn: Warn
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Throws for a caller without budget, so that its proofs take no room in the replay store. */
  readonly requireBudget: (caller: Caller) => void
}

/**
 * Returns the caller that the access token was issued to.
 *
 * Security: the token must be the caller's own. A token of a user identifies the user and not the caller. The introspected
 * token must not authorize its own introspection.
 */
export async function authenticateByAccessToken<Caller extends Registered>(
  received: ReceivedRequest,
  token: string,
  scheme: TokenScheme,
  options: AccessTokenStep,
  step: AccessTokenMethodStep<Caller>,
): Promise<Caller> {
  const refused: Refuse = (rule, got, expected, remedy) => {
    const complaint = { rule, got, expected, remedy }
    const challenge = options.challenges.failed(scheme, 'invalid_token')
    return new ClientAuthenticationTokenError(describeComplaint('access token', complaint), challenge, { complaint })
  }

  // Compares the signed part, because the same JWT can have several spellings of its signature.
  const [own, ...asked] = await Promise.all(
    [token, ...received.form.getAll('token')].map(async (text) => sha256(signedContent(text))),
  )
  if (asked.some((other) => equalDigests(other, own as string))) {
    throw refused('token', 'the token that is asked about', 'a token of the caller itself', GET_ONE)
  }
  const found = await askDependency(
    () => options.find(token, { request: received.http, scheme }),
    step.timeoutMs,
    (cause) => new ClientAuthenticationRegistryError('the access token of a caller could not be found', { cause }),
  )
  if (!found) throw refused('token', 'a token that accessToken.find does not know', 'a known token', GET_ONE)
  requireLive(found, step.now() / 1000, refused)
  if (!audienceIntersects(toAudienceList(found.aud ?? undefined), options.audience)) {
    const remedy = 'Make the caller ask for a token for this audience, or set clientAuthentication.accessToken.audience'
    throw refused('aud', quote(found.aud ?? undefined), `${quote(options.audience)} among others, or alone`, remedy)
  }
  const proof = await requireProof(received, found, await sha256(token), scheme, { options, step, refused })
  const { client_id: clientId, sub } = found
  if (!clientId || (sub ?? clientId) !== clientId) {
    // The complaint does not quote the subject, because it may identify a person.
    const got = clientId ? `a sub that differs from client_id ${quote(clientId)}` : 'no client_id'
    throw refused('sub', got, 'a client_id, and no sub or the same: a token of the caller itself', GET_ONE)
  }
  const caller = await findRegistered(clientId, step)
  if (!caller || !mayUse(caller, scheme)) {
    const got = caller ? `${scheme} from ${quote(clientId)}` : quote(clientId)
    const expected = caller
      ? `a method it is registered for: ${caller.methods?.join(', ') ?? ''}`
      : 'a registered caller'
    throw refused(
      caller ? 'methods' : 'client_id',
      got,
      expected,
      'Register the client, with this method, at this endpoint',
    )
  }
  const besideId = received.form.get('client_id') ?? clientId
  if (besideId !== clientId) {
    const expected = `${quote(clientId)}, as the token says, or no client_id`
    throw refused('client_id', quote(besideId), expected, 'Change the parameter at the caller')
  }
  const granted = parseScope(found.scope ?? undefined)
  if (!parseScope(options.scope).every((needed) => granted.includes(needed))) {
    const complaint = {
      rule: 'scope',
      got: quote(found.scope ?? undefined),
      expected: quote(options.scope),
      remedy: `Make the caller ask for the scope, allow it to ${quote(clientId)}, or set clientAuthentication.accessToken.scope`,
    }
    throw new ClientAuthenticationScopeError(
      describeComplaint('access token', complaint),
      options.challenges.failed(scheme, 'insufficient_scope'),
      options.insufficientScopeStatus,
      { complaint },
    )
  }
  step.requireBudget(caller)
  if (proof !== undefined && !(await proof.use(clientId))) {
    throw refusedProof(
      {
        rule: 'jti',
        got: `a proof that ${quote(clientId)} used before`,
        expected: 'a new proof',
        remedy:
          'Make the caller create a proof for each request, also for a repeated request. If it does so already, somebody replays its proofs',
      },
      scheme,
      options,
    )
  }
  return caller
}

/** Makes the error for a token that breaks a rule. */
type Refuse = (rule: string, got: string, expected: string, remedy: string) => ClientAuthenticationTokenError

const GET_ONE = 'Make the caller get an access token of its own, such as by client_credentials'
const PRESENT_IT = 'Change the scheme at the caller (RFC 9449 §7.1)'
const RENEW = 'Make the caller renew its token before it ends, and compare the clocks of both sides'

function requireLive(token: CallerAccessToken, now: number, refused: Refuse): void {
  const { kind, revoked, exp, nbf } = token
  if (revoked) throw refused('revoked', 'a token that was revoked', 'one that was not', GET_ONE)
  // The function may return an introspection response, which can have more members than the type.
  if ((kind ?? 'access_token') !== 'access_token' || !isAccessToken({ ...token }, {})) {
    throw refused('kind', `${quote(kind)}, or members of a token of another kind`, '"access_token"', GET_ONE)
  }
  if (now >= (exp ?? Number.POSITIVE_INFINITY)) {
    throw refused('exp', `${quote(exp)}, which is past`, `later than ${Math.floor(now)}`, RENEW)
  }
  if (now < (nbf ?? 0))
    throw refused('nbf', `${quote(nbf)}, which is in the future`, `at most ${Math.floor(now)}`, RENEW)
}

interface ProofContext<Caller extends Registered> {
  readonly options: AccessTokenStep
  readonly step: AccessTokenMethodStep<Caller>
  readonly refused: Refuse
}

/** Only the holder of the key may use a token that is bound to it, with any scheme (RFC 9449 §7.2, RFC 8705 §3). */
async function requireProof<Caller extends Registered>(
  received: ReceivedRequest,
  { cnf }: CallerAccessToken,
  tokenDigest: string,
  scheme: TokenScheme,
  { options, step, refused }: ProofContext<Caller>,
): Promise<UnusedProof | undefined> {
  // A store may return `null` for an absent member.
  const isBound = cnf !== undefined && (cnf as unknown) !== null
  if (isBound && !isVerifiableConfirmation(cnf)) {
    throw refused(
      'cnf',
      `the members ${quote(typeof cnf === 'object' ? Object.keys(cnf) : [])}, none of which this library can check`,
      'a valid jkt or x5t#S256',
      'Bind the tokens of callers to a DPoP key or a certificate, or to nothing',
    )
  }
  const { jkt, 'x5t#S256': x5t }: VerifiableConfirmation = cnf ?? {}
  if ((jkt === undefined) === (scheme === 'DPoP')) {
    const got = `the scheme ${scheme}`
    if (jkt === undefined) throw refused('scheme', got, 'Bearer, for a token that is not bound to a key', PRESENT_IT)
    throw refused('scheme', got, 'DPoP with a proof, for a token that is bound to a key', PRESENT_IT)
  }
  if (x5t !== undefined) {
    const certificate = step.clientCertificate?.(received.http, step.warn)
    const thumbprint = certificate && (await sha256Base64url(certificate.der))
    if (thumbprint === undefined || !equalDigests(thumbprint, x5t)) {
      const got = thumbprint === undefined ? 'a connection without client certificate' : quote(thumbprint)
      const remedy =
        'Make the caller connect with the certificate its token is bound to, and see that clientAuthentication.clientCertificate finds it'
      throw refused('x5t#S256', got, `the certificate ${quote(x5t)}`, remedy)
    }
  }
  if (jkt === undefined) return undefined
  const proof = received.http.header('dpop')
  if (proof === undefined) {
    const remedy = 'Make the caller send a proof for each request (RFC 9449 §7.1)'
    throw refusedProof(
      { rule: 'DPoP', got: 'no DPoP field', expected: 'one field with a proof', remedy },
      scheme,
      options,
    )
  }
  const validated = await validateDpopProof(proof, { jkt, ath: tokenDigest, nowMs: step.now() }, options.dpop, step)
  if ('rule' in validated) throw refusedProof(validated, scheme, options)
  return validated
}

function refusedProof(
  complaint: Complaint,
  scheme: TokenScheme,
  { challenges }: AccessTokenStep,
): ClientAuthenticationTokenError {
  const challenge = challenges.failed(scheme, 'invalid_dpop_proof')
  return new ClientAuthenticationTokenError(describeComplaint('DPoP proof', complaint), challenge, { complaint })
}
