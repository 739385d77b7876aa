/** Verifies secrets that are registered as slow hashes, a few at a time. */
import { askDependency } from '../dependency.ts'
import { ClientAuthenticationBusyError, ClientAuthenticationRegistryError } from '../errors.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { createFairTurns } from './fair-turns.ts'
import type { Registered } from './registered.ts'

/** Whether a presented secret is the one a registered hash was made of. */
export type VerifySecret = (presented: string, registered: string) => MaybePromise<boolean>

/** Verifications of registered identifiers that run at once, and that wait. */
const MAX_RUNNING = 3
const MAX_WAITING = 32
/** Verifications of other identifiers that run at once: they find nothing, and are there to take the time. */
const MAX_PRETENDED = 1
/** Requests with other identifiers that wait, without a verification, as long as one takes. */
const MAX_PAUSING = 1024

/** Verifications that an attempt is filled up to; a caller that registers more hashes than these can be told by its time. */
const MAX_DECOYS = 4

/** What the verifier needs. */
export interface HashedSecretOptions {
  readonly verifySecret: VerifySecret
  /** What is verified against for a caller that is unknown, until hashes of a known one were seen. */
  readonly decoy: string | undefined
  /** Milliseconds one verification may take. */
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * The registered hash that a presented secret fits, or `undefined`.
 *
 * @param key - identifies what is presented: those who present the same at the same time share one verification.
 * @throws or rejects with ClientAuthenticationBusyError when too many wait.
 */
export type VerifyHashedSecret = (
  caller: Pick<Registered, 'id' | 'clientSecrets'> | undefined,
  presented: string,
  key: string,
) => Promise<string | undefined>

/**
 * Creates a verifier. Whoever presents what fits nothing takes the time of the caller with the most hashes that was seen, a
 * caller that is unknown or has no secrets included: it would otherwise tell which identifiers exist, and which are in the
 * middle of a rotation. But it takes no turn of those that are registered: one such request at a time is really
 * verified, and the others wait as long as a verification took lately.
 */
export function createHashedSecretVerifier({
  verifySecret,
  decoy,
  timeoutMs,
  now,
}: HashedSecretOptions): VerifyHashedSecret {
  let decoys: readonly string[] = decoy === undefined ? [] : [decoy]
  const running = new Map<string, Promise<string | undefined>>()
  const takeTurn = createFairTurns(MAX_RUNNING, MAX_WAITING)
  let tookMs = 0
  let pretended = 0
  let pausing = 0

  /** The first of the candidates that count and fits. The others take their time and give nothing. */
  async function verify(
    candidates: readonly string[],
    counting: number,
    presented: string,
    take: <Value>(work: () => MaybePromise<Value>) => MaybePromise<Value>,
  ): Promise<string | undefined> {
    const startedAtMs = now()
    let tried = 0
    try {
      for (const candidate of candidates) {
        const matches: unknown = await take(() =>
          askDependency(
            () => verifySecret(presented, candidate),
            timeoutMs,
            (cause) => new ClientAuthenticationRegistryError('a registered secret could not be verified', { cause }),
          ),
        )
        if (matches === true && tried < counting) return candidate
        tried++
      }
      return undefined
    } finally {
      // Of all of them, though one that fits ends it early.
      const share = candidates.length / Math.max(1, Math.min(tried + 1, candidates.length))
      tookMs = Math.min(Math.max(0, now() - startedAtMs) * share, timeoutMs)
    }
  }

  async function pretend(presented: string): Promise<void> {
    if (pretended < MAX_PRETENDED) {
      pretended++
      try {
        await verify(decoys, 0, presented, (work) => work())
      } finally {
        pretended--
      }
      return
    }
    if (pausing >= MAX_PAUSING) throw new ClientAuthenticationBusyError('too many secrets are being verified')
    pausing++
    await new Promise<void>((resolve) => setTimeout(resolve, tookMs))
    pausing--
  }

  function registersMore({ length }: readonly string[]): boolean {
    return length > decoys.length || (decoy === undefined && length === decoys.length)
  }

  return async (caller, presented, key) => {
    const registered = caller?.clientSecrets
    if (caller === undefined || registered === undefined || registered.length === 0) {
      await pretend(presented)
      return undefined
    }
    if (registersMore(registered)) decoys = registered.slice(0, MAX_DECOYS)
    const candidates = [...registered, ...decoys.slice(registered.length)]
    // What is registered is part of it, so that a secret rotated in meanwhile is not judged by the old ones.
    const sharedKey = JSON.stringify([key, registered.length, candidates])
    let verifying = running.get(sharedKey)
    if (verifying === undefined) {
      verifying = verify(candidates, registered.length, presented, (work) => takeTurn(caller.id, work)).finally(() =>
        running.delete(sharedKey),
      )
      running.set(sharedKey, verifying)
    }
    const match = await verifying
    return presented === '' ? undefined : match
  }
}
