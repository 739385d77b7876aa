/** Revocations of single tokens in a store, measured at a fixed concurrency. */
import type { ReceiptedTokenStore, TokenRecord } from '@token-introspection/server'
import { openStore } from '../variants/revocations/open-store.ts'
import { measureLanes } from './lane-rounds.ts'

/** So many revocations are a second of the clock of the store, which then removes what has expired as fast as new rows come. */
const PER_SECOND = 100

/** Turns revocations into a child program. */
export function measureRevocations(revocationLog: true | undefined): void {
  measureLanes(async (target) => {
    let revoked = 0
    const started = Math.floor(Date.now() / 1000)
    const seconds = () => started + Math.floor(revoked / PER_SECOND)
    const store = await openStore(target, { revocationLog, now: () => seconds() * 1000 })
    return async () => {
      const record: TokenRecord = { kind: 'access_token', sub: 'alice', iat: seconds(), exp: seconds() + 60 }
      const receipt = await store.revoke(`a-token-of-the-benchmark-${revoked++}`, record)
      await checkReceipt(store, receipt, revoked)
    }
  })

  /** Now and then. A receipt of a store with a log has a position, and the log has an event there. */
  async function checkReceipt(
    { revocations }: ReceiptedTokenStore,
    receipt: { position(): Promise<string | undefined> },
    revoked: number,
  ): Promise<void> {
    if (revoked % 1000 !== 1) return
    const position = await receipt.position()
    const isThere = position !== undefined && (await revocations?.has(position)) === true
    if (isThere !== (revocationLog === true)) throw new Error(`unexpected position ${position}`)
  }
}
