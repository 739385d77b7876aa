/** The texts that tell programs what the site has: an index of its pages, and all of them in one file. */

/** A page as Markdown. */
export interface MarkdownPage {
  readonly title: string
  /** Where its Markdown is. */
  readonly url: string
  /** Its file, from the base of the site. */
  readonly name: string
  readonly markdown: string
}

/** A section of the sidebar. Its pages are named by their path in `docs` without `.md`. */
export interface PageSection {
  readonly title: string
  readonly entries: readonly { readonly title: string; readonly page: string }[]
}

/** `llms.txt`: the pages in the order of the sidebar, then those that a folder lists. */
export function writeIndex(sections: readonly PageSection[], pages: ReadonlyMap<string, MarkdownPage>): string {
  const named = sections.map(({ title, entries }) => {
    const links = entries.map((entry) => `- [${entry.title}](${pageAt(entry.page, pages).url})`)
    return `## ${title}\n\n${links.join('\n')}\n`
  })
  const others = [...pages]
    .filter(([path]) => !isNamed(sections, path))
    .map(([, { title, url }]) => `- [${title}](${url})`)
  const optional = others.length === 0 ? [] : [`## Optional\n\n${others.join('\n')}\n`]
  const summary = '> Token introspection (RFC 7662) for resource servers and authorization servers in TypeScript.\n'
  return ['# Token introspection\n', summary, ...named, ...optional].join('\n')
}

/** `llms-full.txt`: the pages that the sidebar names, one after the other. */
export function writeWhole(sections: readonly PageSection[], pages: ReadonlyMap<string, MarkdownPage>): string {
  return sections
    .flatMap(({ entries }) => entries.map(({ page }) => pageAt(page, pages)))
    .map(({ url, markdown }) => `<!-- ${url} -->\n\n${markdown}`)
    .join('\n---\n\n')
}

function pageAt(path: string, pages: ReadonlyMap<string, MarkdownPage>): MarkdownPage {
  const page = pages.get(path)
  if (page === undefined) throw new Error(`the sidebar names docs/${path}.md, and there is no such page`)
  return page
}

function isNamed(sections: readonly PageSection[], path: string): boolean {
  return sections.some(({ entries }) => entries.some(({ page }) => page === path))
}
