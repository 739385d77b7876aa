/** A token store in memory: for tests, demos and single-process servers that may forget. */
import { isNumericDate, toNumericDate } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenRecord } from './token-record.ts'
import { digestToken, type WritableTokenStore } from './token-store.ts'

/** Options of {@link createMemoryTokenStore}. */
export interface MemoryTokenStoreOptions {
  /** Milliseconds since the epoch; `Date.now` unless given. Expired tokens are forgotten by it. */
  readonly now?: (() => number) | undefined
}

/** The store {@link createMemoryTokenStore} makes. */
export interface MemoryTokenStore<Claims extends object = object> extends WritableTokenStore<Claims> {
  /** Not a promise: the handler goes on at once. */
  find(digest: string): TokenRecord<Claims> | null
  /** How many tokens are kept, expired ones that were not swept yet included. */
  readonly size: number
}

/** Below this size a sweep is not worth its time. */
const SWEEP_FROM = 1024

/**
 * Creates a token store in memory. Tokens are kept by digest alone. Expired ones are swept as the store grows, so it
 * holds at most about twice the tokens that are alive; tokens without `exp` stay until they are revoked. Records are
 * copied, so later changes to the caller's object have no effect.
 *
 * @example
 * ```ts
 * import { createMemoryTokenStore } from '@token-introspection/server'
 *
 * const store = createMemoryTokenStore()
 * await store.save('2YotnFZFEjr1zCsicMWpAA', {
 *   kind: 'access_token',
 *   client_id: 'web',
 *   sub: 'alice',
 *   aud: 'https://orders.example.com',
 *   scope: 'orders:read',
 *   exp: Math.floor(Date.now() / 1000) + 3600,
 * })
 * await store.revoke('2YotnFZFEjr1zCsicMWpAA')
 * ```
 */
export function createMemoryTokenStore<Claims extends object = object>(
  options: MemoryTokenStoreOptions = {},
): MemoryTokenStore<Claims> {
  const now = new OptionGroup('', options, ['now']).function<() => number>('now') ?? Date.now
  const records = new Map<string, TokenRecord<Claims>>()
  let sweepAt = SWEEP_FROM

  function sweep(): void {
    const seconds = toNumericDate(now())
    for (const [digest, record] of records) {
      if (record.revoked || (record.exp !== undefined && record.exp <= seconds)) records.delete(digest)
    }
    sweepAt = Math.max(SWEEP_FROM, records.size * 2)
  }

  return {
    get size() {
      return records.size
    },
    find: (digest) => records.get(digest) ?? null,
    async save(token, record) {
      checkRecord(token, record)
      records.set(await digestToken(token), freeze(structuredClone(record)))
      if (records.size >= sweepAt) sweep()
    },
    async revoke(token) {
      const digest = await digestToken(token)
      const record = records.get(digest)
      if (record !== undefined) records.set(digest, Object.freeze({ ...record, revoked: true }))
    },
  }
}

/** A record is shared by everyone who finds it, down to the last array. */
function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(Object.freeze(value)).forEach(freeze)
  return value
}

/** A record that could only lead to wrong answers later is refused where it is made. */
function checkRecord(token: string, record: TokenRecord): void {
  if (token === '') throw new TypeError('token: must not be empty')
  if (record.kind !== 'access_token' && record.kind !== 'refresh_token') {
    throw new TypeError('record.kind: must be access_token or refresh_token')
  }
  for (const name of ['exp', 'iat', 'nbf'] as const) {
    if (record[name] !== undefined && !isNumericDate(record[name])) {
      throw new TypeError(`record.${name}: must be whole seconds since the epoch, not milliseconds (RFC 7662 §2.2)`)
    }
  }
}
