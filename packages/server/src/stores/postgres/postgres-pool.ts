/** A pool of connections, as far as the store uses one. */

/** What is bound to a statement. */
export type PostgresValue = string | number | boolean | null | readonly string[]

/** A query. If it has a `name`, it is parsed and planned once per connection. */
export interface PostgresQuery {
  readonly text: string
  name?: string
  values?: PostgresValue[]
}

/** What the store needs of a pool. `Pool` of `pg` has all of it, and so has a `Client`. */
export interface PostgresPool {
  /**
   * Gives a connection for `LISTEN`, as `Pool` of `pg` does. The log of revocations takes one while somebody follows it. Without
   * this method, or with a `Client`, it reads the log every 5 milliseconds instead.
   */
  connect?(): Promise<unknown>
  /** A pool of one connection has none for `LISTEN`. */
  readonly options?: { readonly max?: number | undefined } | undefined
  query(query: PostgresQuery): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>
}
