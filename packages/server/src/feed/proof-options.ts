/** The log by which answers of the introspection endpoint are proven. */
import type { OptionGroup } from '@token-introspection/core/options'
import type { Warn } from '../events/warning.ts'
import type { RevocationLog } from '../stores/revocation-log.ts'
import { createCheckPosition } from './check-position.ts'
import type { ProofStep } from './note-position.ts'

/** What the step needs from the other options. */
interface Surroundings {
  readonly timeoutMs: number
  readonly now: () => number
  readonly warn: Warn
}

/**
 * Resolves the log: that of the store, or the option `revocations`.
 *
 * @param store - `lookup.store`, if there is one.
 * @returns `undefined` without a log.
 */
export function resolveProof(group: OptionGroup, store: unknown, surroundings: Surroundings): ProofStep | undefined {
  const given = group.seam<RevocationLog>('revocations', 'has', 'keyOf')
  const ofStore = (store as { readonly revocations?: RevocationLog } | null | undefined)?.revocations
  if (given !== undefined && ofStore !== undefined && given !== ofStore) {
    throw group.error('revocations', 'must be left out, or be the log of lookup.store, because that store has a log')
  }
  const log = given ?? ofStore
  return log && { log, checkPosition: createCheckPosition(log, surroundings) }
}
