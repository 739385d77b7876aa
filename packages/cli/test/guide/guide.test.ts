/** The terminal sessions of the guide show what the commands print. `vitest -u` writes the guide again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rerunSessions } from './console-blocks.ts'
import { startSession } from './guide-session.ts'

const GUIDE = join(import.meta.dirname, '../../../../docs/operate/cli.md')

test('the sessions of the guide are real', async () => {
  const session = startSession()
  try {
    const page = await rerunSessions(readFileSync(GUIDE, 'utf8'), session.run)
    expect(page).toContain('An authorization server for development is ready.')
    await expect(page).toMatchFileSnapshot(GUIDE)
  } finally {
    await session.end()
  }
})
