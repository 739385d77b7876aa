/** Refuses what is no position in a log of revocations, and says what to write in its place. */
import { isRevocationPosition } from '@token-introspection/core/revocations'

/** Why a value cannot be `notOlderThan`; `undefined` when it can. */
export function positionFault(value: unknown): string | undefined {
  if (isRevocationPosition(value)) return undefined
  const wanted = 'must be a position, as position() of the receipt of a revocation gives it'
  if (typeof value !== 'object' || value === null) return wanted
  if ('then' in value) return `${wanted}, but is a promise: write await`
  return 'position' in value ? `${wanted}, but is the receipt: write await receipt.position()` : wanted
}
