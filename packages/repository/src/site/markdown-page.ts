/** A page of the site as Markdown, for readers that are programs. */
import { readNodes } from '../markdown/nodes.ts'
import { expandIncludes } from './expand-includes.ts'
import { siteLink } from './site-link.ts'

/**
 * The Markdown of a page: its includes are expanded, its links work on the site, and its first lines are the title and not settings.
 *
 * @param page - the path of the page, from the top of the repository
 * @param read - reads a file by its path from the top of the repository
 */
export function toMarkdownPage(page: string, read: (path: string) => string): string {
  const text = expandIncludes(read(page).replace(/^---\n.*?\n---\n+/s, ''), page, read)
  return `${withSiteLinks(withoutMarkup(text), page).trim()}\n`
}

/** The text of the first heading. @throws Error when the page has none. */
export function titleOf(markdown: string, page: string): string {
  const title = /^# (.+)$/m.exec(markdown)?.[1]
  if (title === undefined) throw new Error(`${page} has no title`)
  return title.replaceAll('`', '')
}

/** Leaves out lines that only lay out a page: tags, scripts and styles at the beginning of a line. */
function withoutMarkup(markdown: string): string {
  let text = markdown
  for (const node of readNodes(markdown).toReversed()) {
    if (node.type !== 'html' || node.position === undefined) continue
    text = splice(text, node.position.start.offset, node.position.end.offset, '')
  }
  return text.replace(/\n{3,}/g, '\n\n')
}

function withSiteLinks(markdown: string, page: string): string {
  let text = markdown
  for (const node of readNodes(markdown).toReversed()) {
    if ((node.type !== 'link' && node.type !== 'definition') || node.position === undefined) continue
    const { start, end } = node.position
    const source = markdown.slice(start.offset, end.offset)
    const place = source.lastIndexOf(node.url)
    const link = siteLink(node.url, page)
    if (place === -1 || link === node.url) continue
    text = splice(text, (start.offset ?? 0) + place, (start.offset ?? 0) + place + node.url.length, link)
  }
  return text
}

function splice(text: string, start = 0, end = 0, replacement = ''): string {
  return text.slice(0, start) + replacement + text.slice(end)
}
