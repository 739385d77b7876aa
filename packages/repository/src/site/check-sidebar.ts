/** Compares the sidebar of the site with the pages of the documentation. */
import { posix } from 'node:path'
import { linkedPaths } from '../markdown/links.ts'
import type { SourceFile } from '../workspace/workspace.ts'

/** A line of the sidebar: a page by its path in `docs` without `.md`. */
export interface SidebarEntry {
  readonly page: string
}

/**
 * What is wrong with the sidebar. Every page is in it once, and every entry is a page.
 *
 * A folder may list its pages itself, in its `README.md`. Then the sidebar names that page, and none of the others.
 *
 * @param pages - every page, by its path from the top of the repository
 * @param generated - pages that only a build writes, by their path in `docs` without `.md`
 */
export function checkSidebar(
  entries: readonly SidebarEntry[],
  pages: readonly SourceFile[],
  generated: readonly string[] = [],
): string[] {
  const named = entries.map(({ page }) => `docs/${page}.md`)
  const written = new Set([...pages.map(({ path }) => path), ...generated.map((page) => `docs/${page}.md`)])
  const listed = new Set(
    pages.filter(({ path }) => path.endsWith('/README.md') && named.includes(path)).flatMap(pagesListedBy),
  )
  return [
    ...named.filter((path, index) => named.indexOf(path) !== index).map((path) => `${path} is in the sidebar twice`),
    ...named.filter((path) => !written.has(path)).map((path) => `${path} is in the sidebar, and there is no such page`),
    ...named
      .filter((path) => listed.has(path))
      .map((path) => `${path} is in the sidebar and in the list of its folder`),
    ...[...written]
      .filter((path) => !named.includes(path) && !listed.has(path))
      .map((path) => `${path} is not in the sidebar`),
  ]
}

/** The pages beside a `README.md` that it links. */
function pagesListedBy({ path, text }: SourceFile): string[] {
  const folder = posix.dirname(path)
  return linkedPaths(text, path).filter((target) => target !== path && posix.dirname(target) === folder)
}
