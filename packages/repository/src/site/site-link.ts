/** Relative links work in a repository browser. Here they become links that work on the site. */
import { statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { leadsElsewhere, resolveLink } from '../markdown/links.ts'
import { ROOT } from '../workspace/workspace.ts'
import { REPOSITORY_URL } from './repository-url.ts'

/** Files that the site has as they are. */
const PUBLIC = 'docs/public/'

/**
 * The address on the site for a link of a page.
 *
 * A link to a page stays relative, and a `README.md` is the first page of its folder. A file in `docs/public` is at the top of the site.
 * Every other file or folder is shown by the repository.
 *
 * @param link - as the page has it
 * @param page - the path of the page, from the top of the repository
 */
export function siteLink(link: string, page: string): string {
  if (leadsElsewhere(link) || link.startsWith('/')) return link
  const [, path = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(link) ?? []
  const target = resolveLink(link, page)
  if (isPage(target)) return `${toSitePage(path)}${rest}`
  if (target.startsWith(PUBLIC))
    return `${posix.relative(posix.dirname(page), `docs/${target.slice(PUBLIC.length)}`)}${rest}`
  return `${REPOSITORY_URL}/${isFolder(target) ? 'tree' : 'blob'}/main/${encodeURI(target)}${rest}`
}

/** The name that a page has on the site: `decisions/README.md` is `decisions/index.md`. */
export function toSitePage(page: string): string {
  return page.replace(/(^|\/)README\.md$/, '$1index.md')
}

/** The path of a page on the site, from the base of the site: `decisions/README.md` is at `/decisions/`. */
export function toSitePath(page: string): string {
  return `/${toSitePage(page)
    .replace(/\.md$/, '')
    .replace(/(^|\/)index$/, '$1')}`
}

function isPage(path: string): boolean {
  return path.startsWith('docs/') && path.endsWith('.md')
}

function isFolder(path: string): boolean {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.isDirectory() === true
}
