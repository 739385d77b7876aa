/** The pages of the documentation that are written from the sources, and are not in the repository. */

/** Those that the sidebar names, by their path in `docs` without `.md`. */
export const GENERATED_PAGES = [
  'reference/client-options',
  'reference/server-options',
  'reference/events',
  'reference/api/index',
] as const

/** Whether a page is generated, by its path from the top of the repository. */
export function isGenerated(path: string): boolean {
  return path.startsWith('docs/reference/api/') || GENERATED_PAGES.some((page) => path === `docs/${page}.md`)
}

/** Whether a page lists exported names, by its path in `docs`. */
export function isApiPage(page: string): boolean {
  return page.startsWith('reference/api/')
}
