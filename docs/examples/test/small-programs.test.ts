/** The small programs of the first pages, followed from top to bottom. `vitest -u` writes what the commands print. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findFreePort } from '../../../packages/core/test/find-free-port.ts'
import { findProgram } from '../../../packages/server/test/databases/server-process.ts'
import { followPage } from './follow-page.ts'
import { openTerminals, type ReaderServer } from './reader-terminals.ts'

/** A page, the folder that its first commands make, what its servers show, and a text that proves that it worked. */
const PAGES: readonly [page: string, folder: string, servers: readonly Omit<ReaderServer, 'port'>[], proof: string][] =
  [
    ['authorization-server.md', 'small-server', [{ shown: '9000', says: 'ready' }], '{"active":true'],
    [
      'mcp-server.md',
      'guarded-mcp',
      [
        { shown: '9000', says: 'Ctrl-C' },
        { shown: '3000', says: 'ready' },
      ],
      'orders:write',
    ],
  ]

describe.skipIf(findProgram('curl') === undefined)('every command prints what the page says', () => {
  test.each(PAGES)('%s', async (name, folder, shown, proof) => {
    const page = fileURLToPath(new URL(`../../start/${name}`, import.meta.url))
    const servers: Record<string, ReaderServer> = {}
    for (const [index, server] of shown.entries()) servers[index + 1] = { ...server, port: `${await findFreePort()}` }
    // A busy machine may take longer than three seconds for a request.
    const replaced = {
      'transport: { allowHttpOnLoopback: true': 'transport: { allowHttpOnLoopback: true, deadlineMs: 60_000',
    }
    const terminals = openTerminals({ folder, servers, replaced })
    try {
      const followed = await followPage(readFileSync(page, 'utf8'), terminals)
      expect(followed).toContain(proof)
      await expect(followed).toMatchFileSnapshot(page)
    } finally {
      await terminals.close()
    }
  })
})
