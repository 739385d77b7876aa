/** Every entry loads the third-party modules on record, and no others: no optional peer, and nothing of Node elsewhere. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readEntries } from '../src/reach/entries.ts'

test('every entry loads the modules on record', async () => {
  const entries = await readEntries(join(import.meta.dirname, '..'))
  const lines = entries.map(({ line }) => line).toSorted()
  await expect(`${lines.join('\n')}\n`, entries.flatMap(({ ways }) => ways).join('\n')).toMatchFileSnapshot('reach.txt')
})
