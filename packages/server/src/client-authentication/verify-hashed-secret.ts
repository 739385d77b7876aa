/** Verifies secrets that are registered as slow hashes, a few at a time. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ClientAuthenticationBusyError, ClientAuthenticationRegistryError } from '../errors.ts'
import { type ClientSecret, hasExpired, secretsOf, textOf } from './client-secret.ts'
import { createFairTurns, type TakeTurn } from './fair-turns.ts'
import type { Registered } from './registered.ts'

/** Says whether a registered hash was made from a presented secret. */
export type VerifySecret = (presented: string, registered: string) => MaybePromise<boolean>

/** The number of verifications for registered identifiers that run at once, and that wait. */
const MAX_RUNNING = 3
const MAX_WAITING = 32
/** The number of verifications for unregistered identifiers that run at once. They only take time, and find nothing. */
const MAX_PRETENDED = 1
/** The number of simultaneous attempts with unregistered identifiers. Most of them only wait as long as a verification takes. */
const MAX_PRETENDING = 1024

/** The number of verifications that every attempt costs at least. A caller with more hashes takes longer, which reveals it. */
const MAX_DECOYS = 4

const VERIFY_SECRET_FAILED =
  'clientAuthentication.verifySecret threw or took longer than timeoutMs; the cause of the event says which. Check that ' +
  'clientSecrets and decoySecret hold hashes in the form that verifySecret reads'

/** The hashes to compare with a presented secret, in this order. */
interface Candidates {
  readonly good: readonly string[]
  /** Expired ones, and all of them when the reading may not count. */
  readonly refused: readonly string[]
  /** Hashes of others, so that every failure takes as many verifications. */
  readonly padding: readonly string[]
}

/** What the verifier needs. */
export interface HashedSecretOptions {
  readonly verifySecret: VerifySecret
  /** The hash to verify for an unknown caller. Without it, the hashes of known callers are used after they are seen. */
  readonly decoy: string | undefined
  /** The longest time for one verification, in milliseconds. */
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Returns the registered hash that fits a presented secret, or `undefined`. A hash that has expired is returned, too, after the
 * time of a wrong secret, and so is every hash when the reading may not count.
 *
 * @param clientId - the presented identifier, registered or not.
 * @throws or rejects with ClientAuthenticationBusyError when too many attempts wait.
 */
export type VerifyHashedSecret = (
  clientId: string,
  caller: Pick<Registered, 'clientSecrets'> | undefined,
  presented: PresentedReading,
) => Promise<string | undefined>

/** A secret as one reading of the credentials has it. */
export interface PresentedReading {
  readonly secret: string
  /** Whether this reading may count for the caller. */
  readonly isAccepted: boolean
  /** Identifies the credentials. Equal credentials at the same time share one verification. */
  readonly key: string
}

/**
 * Creates a verifier. A wrong secret takes as long as for the known caller with the most hashes, at most {@link MAX_DECOYS}. This
 * also holds for unknown callers and callers without secrets. Otherwise the time would reveal which identifiers exist, and
 * which callers rotate their secrets. Unregistered identifiers take no turns of registered ones: only one such verification
 * runs at a time, and the other attempts pause as long as the last verification took. Many attempts with one unregistered
 * identifier take turns among themselves, and too many are refused, as for a registered identifier.
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
  /** The turns of each unregistered identifier, while there are attempts with it. */
  const pretenders = new Map<string, { readonly takeTurn: TakeTurn; attempts: number }>()
  let tookMs = 0
  let pretended = 0
  let pretending = 0

  /** Runs one verification and measures its time. */
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

  /** Returns the hash that fits. Only a good hash ends the verification: refused hashes and decoys take the time of all. */
  async function verify(
    { good, refused, padding }: Candidates,
    presented: string,
    clientId: string,
  ): Promise<string | undefined> {
    const fits = (candidate: string): Promise<boolean> => takeTurn(clientId, () => compare(presented, candidate))
    for (const candidate of good) if (await fits(candidate)) return candidate
    let match: string | undefined
    for (const candidate of refused) if (await fits(candidate)) match = candidate
    for (const candidate of padding) await fits(candidate)
    return match
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

  /** The key contains the registered hashes, so that a secret which is rotated meanwhile is not compared with old hashes. */
  function share(key: readonly unknown[], begin: () => Promise<string | undefined>): Promise<string | undefined> {
    const sharedKey = JSON.stringify(key)
    let attempt = running.get(sharedKey)
    if (attempt === undefined) {
      attempt = begin().finally(() => running.delete(sharedKey))
      running.set(sharedKey, attempt)
    }
    return attempt
  }

  function registersMore({ length }: readonly unknown[]): boolean {
    return length > decoys.length || (decoy === undefined && length === decoys.length)
  }

  return async (clientId, caller, { secret: presented, isAccepted, key }) => {
    const secrets = secretsOf(caller)
    if (secrets.length === 0) {
      return share([key], () => pretend(presented, clientId))
    }
    if (registersMore(secrets)) decoys = secrets.slice(0, MAX_DECOYS).map(textOf)
    const nowMs = now()
    const isRefused = (secret: ClientSecret): boolean => !isAccepted || hasExpired(secret, nowMs)
    const candidates: Candidates = {
      good: secrets.filter((secret) => !isRefused(secret)).map(textOf),
      refused: secrets.filter(isRefused).map(textOf),
      padding: decoys.slice(secrets.length),
    }
    const match = await share([key, candidates], () => verify(candidates, presented, clientId))
    return presented === '' ? undefined : match
  }
}
