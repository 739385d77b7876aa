/** The links of a Markdown page. */

/** A link as it stands in the page. */
export interface Link {
  /** What it leads to, without the title. */
  readonly target: string
  /** The line it stands on, from 1. */
  readonly line: number
}

/** Every inline link and image of a page, and every reference definition; code is not looked at. */
export function readLinks(markdown: string): Link[] {
  return withoutCode(markdown)
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/\]\(\s*<?([^\s)>]+)|^\[[^\]]+\]:\s*(\S+)/g)].map((match) => ({
        target: match[1] ?? match[2] ?? '',
        line: index + 1,
      })),
    )
}

/** Whether a link leads out of the repository, or to a place in its own page. */
export function leadsElsewhere({ target }: Link): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//') || target.startsWith('#')
}

/** The path a link leads to, from the top of the repository. A leading slash means the top. */
export function resolveLink({ target }: Link, page: string): string {
  const path = decodeURI(target.replace(/[?#].*$/, ''))
  const base = path.startsWith('/') ? '' : page.split('/').slice(0, -1).join('/')
  const parts: string[] = []
  for (const part of `${base}/${path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** Blanks out code, so that lines keep their numbers. */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^ *\2[^\n]*$/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/`[^`\n]+`/g, (code) => ' '.repeat(code.length))
}
