/** Step `response`: an answer as a signed JWT (RFC 9701 §5). */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { base64url } from '#crypto'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ResponseSigningError } from '../errors.ts'
import type { SameSecond } from './same-second.ts'
import type { ResponseSigningAlg } from './signing-algorithms.ts'
import type { ResolvedSigningKey } from './signing-key.ts'

/** What signing needs. */
export interface SigningStep {
  /** The issuer, which stands in every signed answer. */
  readonly issuer: string
  readonly keys: readonly ResolvedSigningKey[]
  /** The algorithm for protected resources that are registered with none. */
  readonly defaultSigningAlg: ResponseSigningAlg
  /** Milliseconds that a signature may take. */
  readonly timeoutMs: number
  /** Whole seconds since the epoch. */
  readonly now: () => number
  readonly signed: SameSecond<string>
}

/** What signing needs to know about who asks. */
export type SigningCaller = Pick<ProtectedResource, 'id' | 'introspectionSignedResponseAlg'>

/**
 * The answer, signed for whoever asks: `iss`, `aud`, `iat` and `token_introspection`, nothing else at the top level. What
 * is signed for the same protected resource in the same second and says the same is the same JWT; a revocation makes it
 * say something else.
 *
 * @throws {@link ResponseSigningError} when no key is for the algorithm of the protected resource, or signing failed.
 */
export function signResponse(
  answer: IntrospectionResponse,
  { id, introspectionSignedResponseAlg }: SigningCaller,
  step: SigningStep,
): MaybePromise<string> {
  const iat = step.now()
  // A registry in plain JavaScript, or over a database, may say null.
  const alg = introspectionSignedResponseAlg ?? step.defaultSigningAlg
  const key = chooseSigningKey(step.keys, alg, iat)
  if (key === undefined) {
    throw new ResponseSigningError(
      `no signing key is for ${JSON.stringify(alg)}, the algorithm of a protected resource`,
    )
  }
  const claims = JSON.stringify({ iss: step.issuer, aud: id, iat, token_introspection: answer })
  return step.signed.get(iat, `${key.kid} ${claims}`, () => sign(claims, key, step.timeoutMs))
}

/** Of the keys for an algorithm that sign already, the one that began last. */
export function chooseSigningKey(
  keys: readonly ResolvedSigningKey[],
  alg: string,
  now: number,
): ResolvedSigningKey | undefined {
  let chosen: ResolvedSigningKey | undefined
  for (const key of keys) {
    if (key.alg !== alg || key.signsFrom > now) continue
    if (chosen === undefined || key.signsFrom > chosen.signsFrom) chosen = key
  }
  return chosen
}

async function sign(claims: string, key: ResolvedSigningKey, timeoutMs: number): Promise<string> {
  const data = `${key.header}.${base64url(claims)}`
  const octets = new TextEncoder().encode(data)
  // What is signed here needs no timer.
  const signature = key.remote
    ? await askDependency(() => key.sign(octets), timeoutMs, toSigningError)
    : await key.sign(octets).catch((cause: unknown) => Promise.reject(toSigningError(cause)))
  checkSignature(signature, key)
  return `${data}.${base64url(signature)}`
}

/** Signatures of a KMS often come as DER, which no verifier of a JWS takes: better here than there. */
function checkSignature(signature: unknown, { kid, algorithm: { signatureBytes } }: ResolvedSigningKey): void {
  if (!(signature instanceof Uint8Array)) {
    throw new ResponseSigningError(`the key ${JSON.stringify(kid)} gave no octets as a signature`)
  }
  if (signatureBytes === undefined ? signature.byteLength < 256 : signature.byteLength !== signatureBytes) {
    throw new ResponseSigningError(
      `the key ${JSON.stringify(kid)} gave ${signature.byteLength} octets as a signature instead of ${signatureBytes ?? 'at least 256'}; ` +
        'JWS has R and S of ECDSA one after the other, not DER (RFC 7518 §3.4)',
    )
  }
}

function toSigningError(cause: unknown): ResponseSigningError {
  return new ResponseSigningError('an answer could not be signed', { cause })
}
