/** Each page of the documentation can be found on the site. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SECTIONS } from '../../../docs/.vitepress/sidebar.ts'
import { GENERATED_PAGES, isGenerated } from '../src/reference/generated.ts'
import { checkSidebar } from '../src/site/check-sidebar.ts'
import { readFiles, ROOT } from '../src/workspace/workspace.ts'

test('the sidebar names every page once, and no other', () => {
  const entries = SECTIONS.flatMap((section) => section.entries)
  const written = readFiles(['docs/**/*.md']).filter(({ path }) => !isGenerated(path))
  expect(checkSidebar(entries, written, GENERATED_PAGES)).toEqual([])
})

test('a page links to each whole program', () => {
  const pages = readFiles(['docs/*.md', 'docs/{start,protect,run,operate}/*.md'])
  const linked = new Set(
    pages.flatMap(({ text }) => [...text.matchAll(/\]\(\S*examples\/src\/([^/)]+)/g)].map(([, folder]) => folder)),
  )
  const folders = readdirSync(join(ROOT, 'docs/examples/src'))
  // `pnpm demo` is named by its command, and `checks` runs the programs.
  expect(folders.filter((folder) => !linked.has(folder))).toEqual(['checks', 'demo'])
})
