/** Step `response`: an answer as a signed JWT (RFC 9701 §5). */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { base64url } from '#crypto'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ResponseSigningError, SecretUnavailableError } from '../errors.ts'
import type { SameSecond } from './same-second.ts'
import type { ResponseSigningAlg } from './signing-algorithms.ts'
import type { ResolvedSigningKey } from './signing-key.ts'

/** What signing needs. */
export interface SigningStep {
  /** The issuer. Every signed answer contains it. */
  readonly issuer: string
  readonly keys: readonly ResolvedSigningKey[]
  /** The algorithm for protected resources that register none. */
  readonly defaultSigningAlg: ResponseSigningAlg
  /** The longest time for a signature, in milliseconds. */
  readonly timeoutMs: number
  /** Whole seconds since the epoch. */
  readonly now: () => number
  readonly signed: SameSecond<string>
}

/** The members of the caller that signing needs. */
export type SigningCaller = Pick<ProtectedResource, 'id' | 'introspectionSignedResponseAlg'>

/**
 * Signs the answer for the caller. At the top level the JWT has only `iss`, `aud`, `iat` and `token_introspection`. The same
 * content for the same protected resource in the same second is the same JWT. After a revocation the content differs.
 *
 * @throws {@link ResponseSigningError} when no key fits the algorithm of the protected resource, or when signing failed.
 */
export function signResponse(
  answer: IntrospectionResponse,
  { id, introspectionSignedResponseAlg }: SigningCaller,
  step: SigningStep,
): MaybePromise<string> {
  const iat = step.now()
  // A registry may return null, in plain JavaScript or from a database.
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

/** Chooses the key that began to sign last, among the keys for an algorithm that already sign. */
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

/** The keys that sign now: one for each algorithm. */
export function keysThatSign({ keys, now }: Pick<SigningStep, 'keys' | 'now'>): readonly ResolvedSigningKey[] {
  const second = now()
  return keys.filter((key) => chooseSigningKey(keys, key.alg, second) === key)
}

/**
 * Signs with a key, and drops the signature. Without claims the text is no answer to anybody.
 *
 * @throws {@link ResponseSigningError} naming the key, when it cannot sign.
 */
export async function checkSigningKey(key: ResolvedSigningKey, timeoutMs: number): Promise<void> {
  await sign('{}', key, timeoutMs)
}

async function sign(claims: string, key: ResolvedSigningKey, timeoutMs: number): Promise<string> {
  const data = `${key.header}.${base64url(claims)}`
  const octets = new TextEncoder().encode(data)
  // A key in this process needs no time limit, and a function that finds it has one.
  const signature = key.remote
    ? await askDependency(
        () => key.sign(octets),
        timeoutMs,
        (cause) => toSigningError(key, cause),
      )
    : await key.sign(octets).catch((cause: unknown) => Promise.reject(toSigningError(key, cause)))
  checkSignature(signature, key)
  return `${data}.${base64url(signature)}`
}

/** Refuses signatures in DER, which a KMS often returns, because no verifier of a JWS accepts them. */
function checkSignature(signature: unknown, { kid, algorithm: { signatureBytes } }: ResolvedSigningKey): void {
  if (!(signature instanceof Uint8Array)) {
    throw new ResponseSigningError(`the key ${JSON.stringify(kid)} returned a signature that is not a Uint8Array`)
  }
  if (signatureBytes === undefined ? signature.byteLength < 256 : signature.byteLength !== signatureBytes) {
    throw new ResponseSigningError(
      `the key ${JSON.stringify(kid)} returned a signature of ${signature.byteLength} octets instead of ${signatureBytes ?? 'at least 256'}; ` +
        'for ECDSA, JWS needs R and S one after the other, not DER (RFC 7518 §3.4)',
    )
  }
}

/** The error of a function that finds the key is thrown as it is, because it names the option. */
function toSigningError({ kid }: ResolvedSigningKey, cause: unknown): ResponseSigningError | SecretUnavailableError {
  if (cause instanceof SecretUnavailableError) return cause
  return new ResponseSigningError(`the key ${JSON.stringify(kid)} could not sign an answer`, { cause })
}
