/** Asks one question for all lookups of one event-loop tick, to save round trips to a store over a network. */
import { parseRecord } from './pepper.ts'
import type { TokenRecord } from './token-record.ts'

/** The largest number of digests in one question. More would keep the server and the waiting callers busy for too long. */
export const LARGEST_BATCH = 500

/** The form of a SHA-256 digest in base64url. Other keys do not exist, so the store does not ask about them. */
const DIGEST = /^[\w-]{43}$/

/** Asks for the records of different digests, as JSON. The answer leaves out unknown digests. */
export type AskForRecords = (digests: readonly string[]) => Promise<ReadonlyMap<string, string>>

interface Waiter<Found> {
  readonly resolve: (found: Found | null) => void
  readonly reject: (error: unknown) => void
}

/**
 * Turns a question about many tokens into a lookup of one token. The question is sent when the tick ends, so it sees every
 * revocation that was finished before the lookup began. If it fails, all its lookups reject. Every caller gets a separate record.
 */
export function batchByTick<Claims extends object>(
  ask: AskForRecords,
): (digest: string) => Promise<TokenRecord<Claims> | null> {
  let waiting = new Map<string, Waiter<TokenRecord<Claims>>[]>()

  function send(): void {
    // A full batch was already sent.
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
      // Runs after the pending events, each of which may bring a request. A microtask would run after the first one.
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
    resolve(json === undefined ? null : parseRecord<Claims>(json))
  } catch (error) {
    reject(error)
  }
}
