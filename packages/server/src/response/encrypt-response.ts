/** Step `response`: encrypts a signed answer for the protected resource: a nested JWT (RFC 9701 §5, RFC 7519 §5.2). */
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

/** What encryption needs. */
export interface EncryptionStep {
  /** Finds the keys of protected resources. */
  readonly jwks: JwksLoader
  /** The longest time to find the keys, in milliseconds. */
  readonly timeoutMs: number
  /** Whole seconds since the epoch. */
  readonly now: () => number
  readonly encrypted: SameSecond<string>
}

/** The members of the caller that encryption needs. */
export type EncryptionCaller = Pick<
  ProtectedResource,
  'introspectionEncryptedResponseAlg' | 'introspectionEncryptedResponseEnc'
> &
  KeyHolder

/** Imported keys, by their JWK and by algorithm. */
const imported = new WeakMap<JWK, Map<string, Promise<CryptoKey | Uint8Array>>>()

/**
 * Encrypts a signed answer if the protected resource registered encryption, and otherwise returns it unchanged. It does not
 * compress, so that the length reveals nothing about the content.
 *
 * @throws {@link ResponseKeysUnavailableError} when the keys could not be fetched.
 * @throws {@link ResponseEncryptionError} when no key fits, or when encryption failed.
 */
export function encryptResponse(signed: string, caller: EncryptionCaller, step: EncryptionStep): MaybePromise<string> {
  const { introspectionEncryptedResponseAlg: alg, introspectionEncryptedResponseEnc: enc } = caller
  // A registry may return null, in plain JavaScript or from a database.
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

/** A registry may return any value. An encryption without an algorithm is not allowed (RFC 9701 §6). */
function readAlg(alg: unknown): ResponseEncryptionAlg {
  const known = RESPONSE_ENCRYPTION_ALGS.find((one) => one === alg)
  if (known === undefined) {
    throw new ResponseEncryptionError('a protected resource is registered with an unknown encryption algorithm')
  }
  return known
}

function readEnc(enc: unknown): ResponseEncryptionEnc {
  const known = RESPONSE_ENCRYPTION_ENCS.find((one) => one === (enc ?? DEFAULT_ENCRYPTION_ENC))
  if (known === undefined) {
    throw new ResponseEncryptionError('a protected resource is registered with an unknown content encryption')
  }
  return known
}

/** A key set without a suitable key may be outdated, so it is fetched again, once. */
async function findKey(caller: KeyHolder, alg: ResponseEncryptionAlg, step: EncryptionStep): Promise<JWK> {
  const key =
    chooseEncryptionKey(await load(caller, false, step), alg) ??
    chooseEncryptionKey(await load(caller, true, step), alg)
  if (key === undefined) {
    throw new ResponseEncryptionError(`a protected resource has no key for ${alg}`)
  }
  return key
}

function load(caller: KeyHolder, refresh: boolean, step: EncryptionStep): MaybePromise<JSONWebKeySet> {
  return askDependency(
    () => step.jwks.load(caller, refresh),
    step.timeoutMs,
    (cause) => new ResponseKeysUnavailableError('the keys of a protected resource could not be fetched', { cause }),
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

/** Imports only the public members, because some parties publish more of their keys than they should. */
async function importPublicKey({ kty, crv, x, y, n, e }: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  const { importJWK } = await loadJose()
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)
  return await importJWK(Object.fromEntries(members) as unknown as JWK, alg)
}
