/** Holds the page of the architecture against the sources. */
import { findDeadLinks } from '../markdown/dead-links.ts'
import { readLinks, resolveLink } from '../markdown/links.ts'
import type { SourceFile } from '../workspace/workspace.ts'

/**
 * What the page gets wrong: links that lead nowhere, and parts it does not lead to.
 *
 * @param parts - files, and folders with a slash at their end; a link into a folder leads to it.
 */
export function checkArchitecture(
  page: SourceFile,
  parts: readonly string[],
  exists: (path: string) => boolean,
): string[] {
  const targets = readLinks(page.text).map((link) => resolveLink(link, page.path))
  const leadsTo = (part: string): boolean => targets.some((target) => `${target}/`.startsWith(part) || target === part)
  return [
    ...findDeadLinks(page, exists),
    ...parts.filter((part) => !leadsTo(part)).map((part) => `${page.path} does not lead to ${part}`),
  ]
}
