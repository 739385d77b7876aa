/** Step `cache`: whether an event of the feed made an entry void that processes share. */
import { isRevocationKey } from '@token-introspection/core/revocations'
import { slotOf } from '../revocations/key-slots.ts'
import type { RevocationState } from '../revocations/revocation-state.ts'
import type { CacheEntry } from './cache-store.ts'

/** Only a process that has applied the very event at which the answer was read can tell. Otherwise the age decides. */
export function isVoidEntry({ readAt, revocationKeys }: CacheEntry, state: RevocationState): boolean {
  if (!Array.isArray(revocationKeys)) return false
  const sequence = (typeof readAt === 'string' ? state.sequenceOf(readAt) : undefined) ?? 0
  return revocationKeys.some((key) => isRevocationKey(key) && state.wasTouched(slotOf(key), sequence))
}
