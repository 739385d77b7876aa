/** Lookups of one event-loop tick, asked as one question: what a store over a network has to save is round trips. */
import type { TokenRecord } from './token-record.ts'

/** Digests in one question: more would keep the server, and whoever waits for it, busy for too long at once. */
export const LARGEST_BATCH = 500

/** Whatever is no SHA-256 in base64url is under no key, so nobody is asked about it. */
const DIGEST = /^[\w-]{43}$/

/** Asks for the records of digests, each named once, as JSON; what is not known is not in the answer. */
export type AskForRecords = (digests: readonly string[]) => Promise<ReadonlyMap<string, string>>

interface Waiter<Found> {
  readonly resolve: (found: Found | null) => void
  readonly reject: (error: unknown) => void
}

/**
 * Turns a question about many tokens into a lookup of one. The question is put when the tick ends, and so after every
 * revocation that was done when the lookup was asked for. One that fails rejects all who wait for it. Everyone gets a
 * record of their own.
 */
export function batchByTick<Claims extends object>(
  ask: AskForRecords,
): (digest: string) => Promise<TokenRecord<Claims> | null> {
  let waiting = new Map<string, Waiter<TokenRecord<Claims>>[]>()

  function send(): void {
    // A batch that was full has gone already.
    if (waiting.size === 0) return
    const batch = waiting
    waiting = new Map()
    void deliver(batch)
  }

  async function deliver(batch: ReadonlyMap<string, readonly Waiter<TokenRecord<Claims>>[]>): Promise<void> {
    let records: ReadonlyMap<string, string>
    try {
      records = await ask([...batch.keys()])
    } catch (error) {
      for (const waiters of batch.values()) for (const { reject } of waiters) reject(error)
      return
    }
    for (const [digest, waiters] of batch) {
      const json = records.get(digest)
      for (const waiter of waiters) settle(waiter, json)
    }
  }

  return (digest) => {
    if (!DIGEST.test(digest)) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      const same = waiting.get(digest)
      if (same !== undefined) {
        same.push({ resolve, reject })
        return
      }
      // After the events that are at hand, each of which may bring a request; a microtask would gather one alone.
      if (waiting.size === 0) setImmediate(send)
      waiting.set(digest, [{ resolve, reject }])
      if (waiting.size === LARGEST_BATCH) send()
    })
  }
}

function settle<Claims extends object>(
  { resolve, reject }: Waiter<TokenRecord<Claims>>,
  json: string | undefined,
): void {
  try {
    resolve(json === undefined ? null : (JSON.parse(json) as TokenRecord<Claims>))
  } catch (error) {
    reject(error)
  }
}
