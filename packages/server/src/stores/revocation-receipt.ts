/** The receipts of revocations. */
import type { RevocationLog, RevocationReceipt } from './revocation-log.ts'

/** The receipt of a revocation in a store without a log. */
export const NO_POSITION: RevocationReceipt = Object.freeze({ position: () => Promise.resolve(undefined) })

/** The receipt of a revocation whose event is at a known position. */
export function receiptAt(position: string): RevocationReceipt {
  return { position: () => Promise.resolve(position) }
}

/**
 * The receipt of a revocation that changed nothing. It reads the last position of the log when it is asked. The event of the
 * first revocation is not later.
 */
export function receiptOfEarlier(log: RevocationLog | undefined): RevocationReceipt {
  if (log === undefined) return NO_POSITION
  return { position: async () => (await log.readAfter(undefined, 1)).position }
}
