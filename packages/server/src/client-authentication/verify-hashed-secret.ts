/** Verifies secrets that are registered as slow hashes, a few at a time. */
import { askDependency } from '../dependency.ts'
import { ClientAuthenticationBusyError, ClientAuthenticationRegistryError } from '../errors.ts'
import type { MaybePromise } from '../maybe-promise.ts'

/** Whether a presented secret is the one a registered hash was made of. */
export type VerifySecret = (presented: string, registered: string) => MaybePromise<boolean>

/** Verifications that run at once, and that wait. */
const MAX_RUNNING = 4
const MAX_WAITING = 32

/** What the verifier needs. */
export interface HashedSecretOptions {
  readonly verifySecret: VerifySecret
  /** What is verified against for a caller that is unknown, until hashes of a known one were seen. */
  readonly decoy: string | undefined
  /** Milliseconds one verification may take. */
  readonly timeoutMs: number
}

/**
 * The registered hash that a presented secret fits, or `undefined`.
 *
 * @param key - identifies what is presented: those who present the same at the same time share one verification.
 * @throws or rejects with ClientAuthenticationBusyError when too many wait.
 */
export type VerifyHashedSecret = (
  registered: readonly string[] | undefined,
  presented: string,
  key: string,
) => Promise<string | undefined>

/**
 * Creates a verifier. A caller that is unknown, or has no secrets, costs the same verifications as the caller seen last:
 * the work of a slow hash would otherwise tell which identifiers exist.
 */
export function createHashedSecretVerifier({
  verifySecret,
  decoy,
  timeoutMs,
}: HashedSecretOptions): VerifyHashedSecret {
  let decoys: readonly string[] = decoy === undefined ? [] : [decoy]
  const running = new Map<string, Promise<string | undefined>>()
  const take = createTurns()

  async function verify(candidates: readonly string[], presented: string): Promise<string | undefined> {
    for (const candidate of candidates) {
      const matches: unknown = await take(() =>
        askDependency(
          () => verifySecret(presented, candidate),
          timeoutMs,
          (cause) => new ClientAuthenticationRegistryError('a registered secret could not be verified', { cause }),
        ),
      )
      if (matches === true) return candidate
    }
    return undefined
  }

  return async (registered, presented, key) => {
    const known = registered !== undefined && registered.length > 0
    if (known) decoys = registered
    const candidates = known ? registered : decoys
    // What is registered is part of it, so that a secret rotated in meanwhile is not judged by the old ones.
    const sharedKey = JSON.stringify([known, key, candidates])
    let verifying = running.get(sharedKey)
    if (verifying === undefined) {
      verifying = verify(candidates, presented).finally(() => running.delete(sharedKey))
      running.set(sharedKey, verifying)
    }
    const match = await verifying
    return known && presented !== '' ? match : undefined
  }
}

/** Lets a few work at once and a few more wait. */
function createTurns(): <Value>(work: () => MaybePromise<Value>) => Promise<Value> {
  let busy = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (busy >= MAX_RUNNING) {
      if (waiting.length >= MAX_WAITING) throw new ClientAuthenticationBusyError('too many secrets are being verified')
      // Whoever ends hands its turn on, so `busy` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      busy++
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) busy--
      else next()
    }
  }
}
