/** Step `response`: a signed answer, encrypted for the protected resource that asks: a nested JWT (RFC 9701 §5, RFC 7519 §5.2). */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { CryptoKey, JSONWebKeySet, JWK } from 'jose'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ResponseEncryptionError, ResponseKeysUnavailableError } from '../errors.ts'
import type { JwksLoader, KeyHolder } from '../keys/jwks-loader.ts'
import { loadJose } from '../keys/load-jose.ts'
import {
  chooseEncryptionKey,
  DEFAULT_ENCRYPTION_ENC,
  RESPONSE_ENCRYPTION_ALGS,
  RESPONSE_ENCRYPTION_ENCS,
  type ResponseEncryptionAlg,
  type ResponseEncryptionEnc,
} from './encryption-key.ts'
import type { SameSecond } from './same-second.ts'

/** What encrypting needs. */
export interface EncryptionStep {
  /** Finds the keys of protected resources. */
  readonly jwks: JwksLoader
  /** Milliseconds that finding the keys may take. */
  readonly timeoutMs: number
  /** Whole seconds since the epoch. */
  readonly now: () => number
  readonly encrypted: SameSecond<string>
}

/** What encrypting needs to know about who asks. */
export type EncryptionCaller = Pick<
  ProtectedResource,
  'introspectionEncryptedResponseAlg' | 'introspectionEncryptedResponseEnc'
> &
  KeyHolder

/** Keys that were imported, by the JWK they were imported from, and by algorithm. */
const imported = new WeakMap<JWK, Map<string, Promise<CryptoKey | Uint8Array>>>()

/**
 * A signed answer as its receiver gets it: encrypted when the protected resource is registered for that, unchanged when
 * it is not. Nothing is compressed, so that the length of what is encrypted says nothing of what is in it.
 *
 * @throws {@link ResponseKeysUnavailableError} when its keys could not be had.
 * @throws {@link ResponseEncryptionError} when none of its keys fits, or encrypting failed.
 */
export function encryptResponse(signed: string, caller: EncryptionCaller, step: EncryptionStep): MaybePromise<string> {
  const { introspectionEncryptedResponseAlg: alg, introspectionEncryptedResponseEnc: enc } = caller
  // A registry in plain JavaScript, or over a database, may say null.
  if ((alg ?? undefined) === undefined && (enc ?? undefined) === undefined) return signed
  return encrypt(signed, caller, readAlg(alg), readEnc(enc), step)
}

async function encrypt(
  signed: string,
  caller: EncryptionCaller,
  alg: ResponseEncryptionAlg,
  enc: ResponseEncryptionEnc,
  step: EncryptionStep,
): Promise<string> {
  const key = await findKey(caller, alg, step)
  const remembered = `${alg} ${enc} ${JSON.stringify(key)} ${signed}`
  return await step.encrypted.get(step.now(), remembered, () => encryptFor(key, signed, alg, enc))
}

/** What is registered may come from anywhere; one without the other is not allowed (RFC 9701 §6). */
function readAlg(alg: unknown): ResponseEncryptionAlg {
  const known = RESPONSE_ENCRYPTION_ALGS.find((one) => one === alg)
  if (known === undefined) {
    throw new ResponseEncryptionError('a protected resource is registered with no encryption algorithm we have')
  }
  return known
}

function readEnc(enc: unknown): ResponseEncryptionEnc {
  const known = RESPONSE_ENCRYPTION_ENCS.find((one) => one === (enc ?? DEFAULT_ENCRYPTION_ENC))
  if (known === undefined) {
    throw new ResponseEncryptionError('a protected resource is registered with no content encryption we have')
  }
  return known
}

/** A set that has no key that fits may be an old one: its owner is asked again, once. */
async function findKey(caller: KeyHolder, alg: ResponseEncryptionAlg, step: EncryptionStep): Promise<JWK> {
  const key =
    chooseEncryptionKey(await load(caller, false, step), alg) ??
    chooseEncryptionKey(await load(caller, true, step), alg)
  if (key === undefined) {
    throw new ResponseEncryptionError(`a protected resource has no key that ${alg} encrypts for`)
  }
  return key
}

function load(caller: KeyHolder, refresh: boolean, step: EncryptionStep): MaybePromise<JSONWebKeySet> {
  return askDependency(
    () => step.jwks.load(caller, refresh),
    step.timeoutMs,
    (cause) => new ResponseKeysUnavailableError('the keys of a protected resource cannot be had', { cause }),
  )
}

async function encryptFor(
  key: JWK,
  signed: string,
  alg: ResponseEncryptionAlg,
  enc: ResponseEncryptionEnc,
): Promise<string> {
  try {
    const { CompactEncrypt } = await loadJose()
    return await new CompactEncrypt(new TextEncoder().encode(signed))
      .setProtectedHeader({ alg, enc, cty: 'JWT', ...(key.kid !== undefined && { kid: key.kid }) })
      .encrypt(await importKey(key, alg))
  } catch (cause) {
    throw new ResponseEncryptionError('an answer could not be encrypted', { cause })
  }
}

function importKey(key: JWK, alg: ResponseEncryptionAlg): Promise<CryptoKey | Uint8Array> {
  let byAlg = imported.get(key)
  if (byAlg === undefined) imported.set(key, (byAlg = new Map<string, Promise<CryptoKey | Uint8Array>>()))
  let importing = byAlg.get(alg)
  if (importing === undefined) byAlg.set(alg, (importing = importPublicKey(key, alg)))
  return importing
}

/** The public members alone: some publish more of their keys than they should. */
async function importPublicKey({ kty, crv, x, y, n, e }: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  const { importJWK } = await loadJose()
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)
  return await importJWK(Object.fromEntries(members) as unknown as JWK, alg)
}
