/** Writes every page of the built site as Markdown, with `llms.txt` and `llms-full.txt`. `DOCS_BASE` and `DOCS_ORIGIN` are those of the build. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SECTIONS } from '../../../../docs/.vitepress/sidebar.ts'
import { ROOT, readFiles } from '../workspace/workspace.ts'
import { type MarkdownPage, writeIndex, writeWhole } from './llms.ts'
import { titleOf, toMarkdownPage } from './markdown-page.ts'
import { toSitePage } from './site-link.ts'

const DIST = join(ROOT, 'docs/.vitepress/dist')
const base = process.env['DOCS_BASE'] ?? '/'
const origin = process.env['DOCS_ORIGIN']
const site = origin === undefined ? base : new URL(base, origin).href

const pages = new Map(
  readFiles(['docs/**/*.md']).map(({ path }): [string, MarkdownPage] => {
    const markdown = toMarkdownPage(path, (file) => readFileSync(join(ROOT, file), 'utf8'))
    const name = toSitePage(path.slice('docs/'.length))
    return [
      path.slice('docs/'.length, -'.md'.length),
      { title: titleOf(markdown, path), url: `${site}${name}`, name, markdown },
    ]
  }),
)

for (const { name, markdown } of pages.values()) {
  mkdirSync(dirname(join(DIST, name)), { recursive: true })
  writeFileSync(join(DIST, name), markdown)
}
// The build renames pictures. Pages as Markdown name them as the repository does.
cpSync(join(ROOT, 'docs/pictures'), join(DIST, 'pictures'), { recursive: true })
writeFileSync(join(DIST, 'llms.txt'), writeIndex(SECTIONS, pages))
writeFileSync(join(DIST, 'llms-full.txt'), writeWhole(SECTIONS, pages))
console.log(`docs:build: ${pages.size} pages as Markdown`)
