/** Where people read the repository, as the manifest of a published package says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../workspace/workspace.ts'

/** The address of the repository, without a slash at its end. */
export const REPOSITORY_URL = readRepositoryUrl()

function readRepositoryUrl(): string {
  const { repository } = JSON.parse(readFileSync(join(ROOT, 'packages/client/package.json'), 'utf8')) as {
    readonly repository: { readonly url: string }
  }
  return repository.url.replace(/^git\+/, '').replace(/\.git$/, '')
}
