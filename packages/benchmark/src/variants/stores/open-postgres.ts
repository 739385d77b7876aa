/** A pool for one variant, with tables of its own. */
import { Pool } from 'pg'

/** Opens a pool of the default size, with its tables in the given schema. */
export async function openPostgres(url: string, schema: string): Promise<Pool> {
  const pool = new Pool({ connectionString: url, options: `-c search_path=${schema}` })
  await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`)
  return pool
}
