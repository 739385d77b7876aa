/** Where people read the repository, as the `package.json` at the top says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryPage, type RepositoryPlace } from '../release/repository-links.ts'
import { ROOT } from '../workspace/workspace.ts'

/** The address of the repository, without a slash at its end. */
export const REPOSITORY_URL = repositoryPage(
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as RepositoryPlace,
)
