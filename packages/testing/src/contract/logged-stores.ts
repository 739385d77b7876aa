/** The stores of a case of the contract of a log. */
import type { WritableTokenStore } from '@token-introspection/server'

/** What a case works on. Every case needs an empty log. */
export interface LoggedStores {
  /** The store under test. It has a log. */
  readonly store: WritableTokenStore
  /** Another store over the same data, as another process has it. The same store, if no other process can have the data. */
  readonly other: WritableTokenStore
  /**
   * A store over the same data in a process without the option, created before the two others. `undefined` if no other process can
   * have the data: then nothing is tested about it.
   */
  readonly unlogged?: WritableTokenStore
  /** The secret that both stores were given. `undefined` if they made one. */
  readonly keySecret: string | undefined
  /**
   * Creates a store over the same data in a process that is given this secret, while the others still run. `undefined` if no other
   * process can have the data: then nothing is tested about it.
   */
  readonly createWithSecret?: (keySecret: string) => WritableTokenStore | Promise<WritableTokenStore>
  /**
   * Moves the clock of both stores forward, beyond the retention of the log. `undefined` if the clock cannot be moved: then
   * nothing is tested about old events.
   */
  readonly expireEvents?: () => void
}
