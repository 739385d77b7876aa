/** The links of a Markdown page. */
import { posix } from 'node:path'
import { readNodes } from './nodes.ts'

/** Where every link, image and reference definition leads, without its title. Code has no links. */
export function readLinks(markdown: string): string[] {
  return readNodes(markdown).flatMap((node) =>
    node.type === 'link' || node.type === 'image' || node.type === 'definition' ? [node.url] : [],
  )
}

/** Whether a link leads out of the repository, or to a place in its own page. */
export function leadsElsewhere(target: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i.test(target)
}

/** The path a link leads to, from the top of the repository. */
export function resolveLink(target: string, page: string): string {
  const path = decodeURI(target.replace(/[?#].*$/, ''))
  return posix.join(posix.dirname(page), path).replace(/\/$/, '')
}

/** The paths of every link of a text that leads to a file or folder of the repository. */
export function linkedPaths(markdown: string, page: string): string[] {
  return readLinks(markdown)
    .filter((target) => !leadsElsewhere(target))
    .map((target) => resolveLink(target, page))
}
