/**
 * Ten minutes on one machine, followed from top to bottom. Only its ports and its deadline differ. `vitest -u` writes what
 * the commands print.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findFreePort } from '../../../packages/core/test/find-free-port.ts'
import { findProgram } from '../../../packages/server/test/databases/server-process.ts'
import { followPage } from './follow-page.ts'
import { openTerminals } from './reader-terminals.ts'

const PAGE = fileURLToPath(new URL('../../start/index.md', import.meta.url))

test.skipIf(findProgram('curl') === undefined)(
  'every command of the ten minutes prints what the page says',
  async () => {
    const terminals = openTerminals({
      folder: 'ten-minutes',
      servers: {
        1: { shown: '9000', port: `${await findFreePort()}`, says: 'Ctrl-C' },
        2: { shown: '3000', port: `${await findFreePort()}`, says: '' },
      },
      // A busy machine may take longer than three seconds for a request.
      replaced: { 'allowHttpOnLoopback: true': 'allowHttpOnLoopback: true, deadlineMs: 60_000' },
    })
    try {
      const page = await followPage(readFileSync(PAGE, 'utf8'), terminals)
      expect(page).toContain('{"orders":[],"for":"alice"}')
      await expect(page).toMatchFileSnapshot(PAGE)
    } finally {
      await terminals.close()
    }
  },
)
