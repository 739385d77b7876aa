/** Writes the links to the repository into the `package.json` of every published package. Ends with 1 when none are set. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicPackages, ROOT } from '../workspace/workspace.ts'
import { repositoryLinks, type RepositoryPlace } from './repository-links.ts'

// What GitHub sets in a workflow.
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env
const workflowRepository = server === undefined || name === undefined ? undefined : `${server}/${name}`

try {
  const place = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as RepositoryPlace
  for (const { folder, directory } of publicPackages()) {
    const path = join(directory, 'package.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as object
    const linked = { ...manifest, ...repositoryLinks(place, folder, workflowRepository) }
    writeFileSync(path, `${JSON.stringify(linked, undefined, 2)}\n`)
  }
} catch (error) {
  console.error(`release: ${(error as Error).message}`)
  process.exitCode = 1
}
