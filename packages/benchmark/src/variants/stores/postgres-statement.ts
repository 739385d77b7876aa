/** The yardstick: one named statement per token, over the same rows and without sharing queries. */
import { createPostgresTokenStore, type PostgresQuery } from '@token-introspection/server/postgres'
import { measureLookups } from '../../measure/lookup-rounds.ts'
import { fillStore } from './fill-store.ts'
import { openPostgres } from './open-postgres.ts'

measureLookups(async ({ url }) => {
  const pool = await openPostgres(url, 'introspection_benchmark_statement')
  // The query of the store for a single token.
  let asked: PostgresQuery | undefined
  const store = createPostgresTokenStore({
    pool: {
      query(query) {
        asked = query
        return pool.query({ ...query, values: [...(query.values ?? [])] })
      },
    },
  })
  await store.migrate()
  const digests = await fillStore(store)
  await pool.query('ANALYZE')
  await store.find(digests[0] as string)
  const { name = '', text = '' } = asked ?? {}
  return {
    tokenCount: digests.length,
    async lookup(index) {
      const { rows } = await pool.query<{ record: string }>({ name, text, values: [digests[index]] })
      return JSON.parse(rows[0]?.record ?? 'null') as unknown
    },
  }
})
