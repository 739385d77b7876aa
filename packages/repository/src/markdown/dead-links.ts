/** Links of a Markdown page that lead nowhere. */
import type { SourceFile } from '../workspace/workspace.ts'
import { leadsElsewhere, readLinks, resolveLink } from './links.ts'

/** Every relative link that leads to no file or folder, with its place. */
export function findDeadLinks(page: SourceFile, exists: (path: string) => boolean): string[] {
  return readLinks(page.text)
    .filter((link) => !leadsElsewhere(link) && !exists(resolveLink(link, page.path)))
    .map(({ line, target }) => `${page.path}:${line} links to ${target}, which does not exist`)
}
