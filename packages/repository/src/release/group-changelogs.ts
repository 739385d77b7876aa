/** Groups the changelog of every published package, after `changeset version`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicPackages } from '../workspace/workspace.ts'
import { groupChangelog } from './group-changelog.ts'

for (const { directory } of publicPackages()) {
  const path = join(directory, 'CHANGELOG.md')
  if (existsSync(path)) writeFileSync(path, groupChangelog(readFileSync(path, 'utf8')))
}
