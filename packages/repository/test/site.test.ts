/** Each page of the documentation can be found on the site. */
import { expect, test } from 'vitest'
import { SECTIONS } from '../../../docs/.vitepress/sidebar.ts'
import { checkSidebar } from '../src/site/check-sidebar.ts'
import { readFiles } from '../src/workspace/workspace.ts'

test('the sidebar names every page once, and no other', () => {
  const entries = SECTIONS.flatMap((section) => section.entries)
  expect(checkSidebar(entries, readFiles(['docs/**/*.md']))).toEqual([])
})
