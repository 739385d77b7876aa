/** Uses something up: an assertion or a proof is good once. */
import { sha256 } from '#crypto'
import { askDependency } from '../dependency.ts'
import { ClientAuthenticationReplayStoreError } from '../errors.ts'
import type { ReplayStore } from '@token-introspection/core/replay'

/** What it takes. */
export interface ReplayStep {
  readonly replayStore: ReplayStore
  readonly timeoutMs: number
}

/**
 * Whether this is the first use.
 *
 * @param identity - what is used, as a list whose first element says what kind of thing it is.
 * @param expiresAt - seconds since the epoch from which it is refused for its age.
 */
export async function isFirstUse(identity: readonly string[], expiresAt: number, step: ReplayStep): Promise<boolean> {
  const key = await sha256(JSON.stringify(identity))
  const isNew: unknown = await askDependency(
    () => step.replayStore.remember(key, Math.ceil(expiresAt)),
    step.timeoutMs,
    (cause) => new ClientAuthenticationReplayStoreError('the replay store failed', { cause }),
  )
  return isNew === true
}
