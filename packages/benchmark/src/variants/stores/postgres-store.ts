/** Ours: `createPostgresTokenStore`. */
import { createPostgresTokenStore } from '@token-introspection/server/postgres'
import { measureLookups } from '../../measure/lookup-rounds.ts'
import { fillStore } from './fill-store.ts'
import { openPostgres } from './open-postgres.ts'

measureLookups(async ({ url }) => {
  const pool = await openPostgres(url, 'introspection_benchmark_store')
  const store = createPostgresTokenStore({ pool })
  await store.migrate()
  const digests = await fillStore(store)
  await pool.query('ANALYZE')
  return { tokenCount: digests.length, lookup: async (index) => await store.find(digests[index] as string) }
})
