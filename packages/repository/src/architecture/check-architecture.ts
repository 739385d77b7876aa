/** Compares the page about the architecture with the sources. */
import { linkedPaths } from '../markdown/links.ts'
import type { SourceFile } from '../workspace/workspace.ts'

/**
 * The parts that the page has no link to.
 *
 * @param parts - files, and folders with a slash at their end. A link into a folder leads to the folder.
 */
export function checkArchitecture(page: SourceFile, parts: readonly string[]): string[] {
  const targets = linkedPaths(page.text, page.path)
  return parts
    .filter((part) => !targets.some((target) => `${target}/`.startsWith(part) || target === part))
    .map((part) => `${page.path} does not lead to ${part}`)
}
