/** Each page of the documentation can be found on the site. */
import { expect, test } from 'vitest'
import { SECTIONS } from '../../../docs/.vitepress/sidebar.ts'
import { GENERATED_PAGES, isGenerated } from '../src/reference/generated.ts'
import { checkSidebar } from '../src/site/check-sidebar.ts'
import { readFiles } from '../src/workspace/workspace.ts'

test('the sidebar names every page once, and no other', () => {
  const entries = SECTIONS.flatMap((section) => section.entries)
  const written = readFiles(['docs/**/*.md']).filter(({ path }) => !isGenerated(path))
  expect(checkSidebar(entries, written, GENERATED_PAGES)).toEqual([])
})
