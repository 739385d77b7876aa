/** Records the use of an assertion or a proof. Each can be used once. */
import { sha256 } from '#crypto'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ClientAuthenticationReplayStoreError } from '../errors.ts'
import type { ReplayStore } from '@token-introspection/core/replay'

/** What the check of replays needs. */
export interface ReplayStep {
  readonly replayStore: ReplayStore
  readonly timeoutMs: number
}

/**
 * Records a use and returns whether it is the first one. Call it after every other check of the request.
 *
 * @param caller - the identifier of the caller. The entry counts in its share of the store.
 * @param identity - what is used, as a list. Its first element names the kind.
 * @param expiresAt - seconds since the epoch. From then on the credential is refused because of its age.
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
