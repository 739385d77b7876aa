/** Verifies secrets that are registered as slow hashes, a few at a time. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ClientAuthenticationBusyError, ClientAuthenticationRegistryError } from '../errors.ts'
import { createFairTurns, type TakeTurn } from './fair-turns.ts'
import type { Registered } from './registered.ts'

/** Whether a presented secret is the one a registered hash was made of. */
export type VerifySecret = (presented: string, registered: string) => MaybePromise<boolean>

/** Verifications of registered identifiers that run at once, and that wait. */
const MAX_RUNNING = 3
const MAX_WAITING = 32
/** Verifications of other identifiers that run at once: they find nothing, and are there to take the time. */
const MAX_PRETENDED = 1
/** Attempts with other identifiers at the same time; most of them wait as long as a verification takes. */
const MAX_PRETENDING = 1024

/** Verifications that an attempt is filled up to; a caller that registers more hashes than these can be told by its time. */
const MAX_DECOYS = 4

const VERIFY_SECRET_FAILED =
  'clientAuthentication.verifySecret threw or took longer than timeoutMs; the cause of the event says which. Check that ' +
  'clientSecrets and decoySecret hold hashes in the form that verifySecret reads'

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
 * @param clientId - the identifier that was presented, registered or not.
 * @param key - identifies what is presented: those who present the same at the same time share one verification.
 * @throws or rejects with ClientAuthenticationBusyError when too many wait.
 */
export type VerifyHashedSecret = (
  clientId: string,
  caller: Pick<Registered, 'clientSecrets'> | undefined,
  presented: string,
  key: string,
) => Promise<string | undefined>

/**
 * Creates a verifier. Whoever presents what fits nothing takes the time of the caller with the most hashes that was seen, a
 * caller that is unknown or has no secrets included: it would otherwise tell which identifiers exist, and which are in the
 * middle of a rotation. But it takes no turn of those that are registered: one such verification at a time really runs,
 * and in the place of the others there is a pause as long as a verification lately. Many attempts at once with one such
 * identifier take turns among themselves, and too many are turned away, as with one that is registered.
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
  /** Turns of identifiers that are not registered, each by itself, while there are attempts with it. */
  const pretenders = new Map<string, { readonly takeTurn: TakeTurn; attempts: number }>()
  let tookMs = 0
  let pretended = 0
  let pretending = 0

  /** One verification, whose time is taken. */
  async function compare(presented: string, candidate: string): Promise<boolean> {
    const startedAtMs = now()
    try {
      const matches: unknown = await askDependency(
        () => verifySecret(presented, candidate),
        timeoutMs,
        (cause) => new ClientAuthenticationRegistryError(VERIFY_SECRET_FAILED, { cause }),
      )
      return matches === true
    } finally {
      tookMs = Math.min(Math.max(0, now() - startedAtMs), timeoutMs)
    }
  }

  /** The first of the candidates that count and fits. The others take their time and give nothing. */
  async function verify(
    candidates: readonly string[],
    counting: number,
    presented: string,
    clientId: string,
  ): Promise<string | undefined> {
    for (const [tried, candidate] of candidates.entries()) {
      const matches = await takeTurn(clientId, () => compare(presented, candidate))
      if (matches && tried < counting) return candidate
    }
    return undefined
  }

  async function pretendToCompare(presented: string, candidate: string): Promise<void> {
    if (pretended >= MAX_PRETENDED) {
      await new Promise<void>((resolve) => setTimeout(resolve, tookMs))
      return
    }
    pretended++
    try {
      await compare(presented, candidate)
    } finally {
      pretended--
    }
  }

  async function pretend(presented: string, clientId: string): Promise<undefined> {
    if (pretending >= MAX_PRETENDING) throw new ClientAuthenticationBusyError('too many secrets are being verified')
    const turns = pretenders.get(clientId) ?? { takeTurn: createFairTurns(MAX_RUNNING, MAX_WAITING), attempts: 0 }
    pretenders.set(clientId, turns)
    pretending++
    turns.attempts++
    try {
      for (const candidate of decoys) await turns.takeTurn(clientId, () => pretendToCompare(presented, candidate))
    } finally {
      pretending--
      if (--turns.attempts === 0) pretenders.delete(clientId)
    }
  }

  /** What is registered is part of the key, so that a secret rotated in meanwhile is not judged by the old ones. */
  function share(key: readonly unknown[], begin: () => Promise<string | undefined>): Promise<string | undefined> {
    const sharedKey = JSON.stringify(key)
    let attempt = running.get(sharedKey)
    if (attempt === undefined) {
      attempt = begin().finally(() => running.delete(sharedKey))
      running.set(sharedKey, attempt)
    }
    return attempt
  }

  function registersMore({ length }: readonly string[]): boolean {
    return length > decoys.length || (decoy === undefined && length === decoys.length)
  }

  return async (clientId, caller, presented, key) => {
    const registered = caller?.clientSecrets
    if (registered === undefined || registered.length === 0) {
      return share([key], () => pretend(presented, clientId))
    }
    if (registersMore(registered)) decoys = registered.slice(0, MAX_DECOYS)
    const candidates = [...registered, ...decoys.slice(registered.length)]
    const match = await share([key, registered.length, candidates], () =>
      verify(candidates, registered.length, presented, clientId),
    )
    return presented === '' ? undefined : match
  }
}
