/** Step `cache`: calls of the store. When the store fails or is slow, the failure is reported, and the cache goes on without it. */
import { withoutData } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { CacheStoreError } from '../errors.ts'
import type { CacheStore } from './cache-store.ts'

/** How long the cache waits for a store, in milliseconds. After that it works without the store. */
const STORE_DEADLINE_MS = 250

/** The calls of one store. */
export class StoreCalls {
  readonly #onFailure: (error: CacheStoreError) => void
  /** Writes that nobody waits for. */
  readonly #writes = new Set<Promise<void>>()

  /** @param onFailure - gets the failures of the store. */
  constructor(onFailure: (error: CacheStoreError) => void) {
    this.#onFailure = onFailure
  }

  /** Runs a call that nobody waits for. Never throws. */
  write(operation: keyof CacheStore, run: () => MaybePromise<void>): void {
    const writing = this.attempt(operation, run)
    if (!isPromise(writing)) return
    this.#writes.add(writing)
    void writing.finally(() => this.#writes.delete(writing))
  }

  /** Runs a call. Never throws or rejects. */
  attempt(operation: keyof CacheStore, run: () => MaybePromise<void>): MaybePromise<void> {
    try {
      const running = run()
      if (isPromise(running)) return withinDeadline(running).catch((error: unknown) => this.fail(operation, error))
    } catch (error) {
      this.fail(operation, error)
    }
  }

  /** Reports a failure. */
  fail(operation: keyof CacheStore, cause: unknown): void {
    this.#onFailure(new CacheStoreError(`cache.store.${operation} failed`, { cause: withoutData(cause) }))
  }

  /** Resolves when every write so far has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#writes)
  }
}

/** Rejects when the store takes too long. */
export function withinDeadline<Value>(promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${STORE_DEADLINE_MS} ms`)), STORE_DEADLINE_MS)
    promise.then(resolve, reject).then(
      () => clearTimeout(timer),
      () => undefined,
    )
  })
}
