/** A bounded memory of what happened to names lately. */
import { elapsedMs } from '@token-introspection/core'

/** The oldest entry goes first. Anybody can name issuers, so this memory is apart from that of clients. */
export class RecentKeys<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly atMs: number }>()
  readonly #maxKeys: number
  readonly #maxAgeMs: number
  readonly #nowMs: () => number

  constructor(maxKeys: number, maxAgeMs: number, nowMs: () => number) {
    this.#maxKeys = maxKeys
    this.#maxAgeMs = maxAgeMs
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value, unless it is too old. */
  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (elapsedMs(entry.atMs, this.#nowMs()) < this.#maxAgeMs) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, atMs: this.#nowMs() })
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#maxKeys && oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}
