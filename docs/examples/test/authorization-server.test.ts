import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { readCodeBlocks } from '../../../packages/repository/src/markdown/code-blocks.ts'
import { startPostgres } from '../../../packages/server/test/databases/start-postgres.ts'
import { runProgram } from './run-program.ts'

const postgres = await startPostgres('the example of an authorization server')
afterAll(() => postgres?.stop())

describe.skipIf(postgres === undefined)('the authorization server with PostgreSQL', () => {
  test('issues, refreshes and revokes as expected, shows no secret, and leaves no schema', async () => {
    const stdout = await runProgram('authorization-server/main.ts', {
      comparisons: 12,
      environment: { POSTGRES_URL: postgres?.url },
      stderr: 'a refresh token of alice was used twice\n',
    })
    expect(stdout).not.toMatch(/s3cr3t|acme_/)
    const client = new Client({ connectionString: postgres?.url })
    await client.connect()
    const { rows } = await client.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'example%'")
    await client.end()
    expect(rows).toEqual([])
  })
})

test('the page about issuing mounts the token endpoint as the example does', () => {
  const page = readFileSync(new URL('../../run/issuing-tokens.md', import.meta.url), 'utf8')
  const source = readFileSync(new URL('../src/authorization-server/mount-token.ts', import.meta.url), 'utf8')
  const code = source.slice(source.indexOf('import ')).trimEnd()
  expect(readCodeBlocks(page).map(({ text }) => text.trimEnd())).toContain(code)
})
