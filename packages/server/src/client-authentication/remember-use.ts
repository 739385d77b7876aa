/** Uses something up: an assertion or a proof is good once. */
import { sha256 } from '#crypto'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ClientAuthenticationReplayStoreError } from '../errors.ts'
import type { ReplayStore } from '@token-introspection/core/replay'

/** What it takes. */
export interface ReplayStep {
  readonly replayStore: ReplayStore
  readonly timeoutMs: number
}

/**
 * Whether this is the first use. To be asked when everything else about the request is right.
 *
 * @param caller - the identifier of the caller, in whose share of the store it is remembered.
 * @param identity - what is used, as a list whose first element says what kind of thing it is.
 * @param expiresAt - seconds since the epoch from which it is refused for its age.
 */
export async function isFirstUse(
  caller: string,
  identity: readonly string[],
  expiresAt: number,
  step: ReplayStep,
): Promise<boolean> {
  const key = await sha256(JSON.stringify(identity))
  const owner = await sha256(JSON.stringify(['caller', caller]))
  const isNew: unknown = await askDependency(
    () => step.replayStore.remember(key, Math.ceil(expiresAt), owner),
    step.timeoutMs,
    (cause) => new ClientAuthenticationReplayStoreError('the replay store failed', { cause }),
  )
  return isNew === true
}
