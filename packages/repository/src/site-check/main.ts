/**
 * Opens the built site in Chromium: all pages, or those whose paths are given. Ends with 1 when a page is wrong. Without Chromium it
 * checks nothing, except in CI, where that is an error.
 */
import { globSync } from 'node:fs'
import { join, sep } from 'node:path'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import { ROOT } from '../workspace/workspace.ts'
import { checkAccessibility, checkOnPhone, checkSearch, checkTypes } from './check-pages.ts'
import { findChromium } from './find-chromium.ts'
import { serveSite } from './serve-site.ts'

const DIST = join(ROOT, 'docs/.vitepress/dist')
/** The first page, a guide, a reference page, a long table. */
const LOOKED_AT = ['/', '/protect/guards', '/reference/client-options', '/standards']
const WITH_TYPES = '/start/'

const named = process.argv.slice(2)
const executablePath = findChromium()
if (executablePath === undefined && process.env['CI_REQUIRE_SERVERS'] === '1') throw new Error('chromium is missing')
if (executablePath === undefined) console.log('notice: there is no chromium, so nobody looks at the site')
else await check(executablePath)

async function check(browserPath: string): Promise<void> {
  await using site = await serveSite(DIST)
  // Debian's Chromium refuses its sandbox to root, and CI is root in a container.
  const browser = await chromium.launch({ executablePath: browserPath, chromiumSandbox: process.getuid?.() !== 0 })
  let problems = 0
  const report = (problem: string): void => {
    problems += 1
    console.error(problem)
  }
  try {
    const [paths, lookedAt] = named.length === 0 ? [sitePaths(), LOOKED_AT] : [named, named]
    await checkSearch(browser, site.origin, 'revocation', report)
    await checkAccessibility(browser, site.origin, lookedAt, axe.source, report)
    if (named.length === 0 || named.includes(WITH_TYPES))
      await checkTypes(browser, site.origin, WITH_TYPES, axe.source, report)
    await checkOnPhone(browser, site.origin, paths, report)
    console.log(`site:check: ${paths.length} pages, ${problems} problems`)
    if (problems > 0) process.exitCode = 1
  } finally {
    await browser.close()
  }
}

/** The path of every page of the build. */
function sitePaths(): string[] {
  const pages = globSync('**/*.html', { cwd: DIST }).map((file) => file.split(sep).join('/'))
  if (pages.length === 0) throw new Error('there is no built site: run `pnpm docs:build` first')
  return pages.filter((page) => page !== '404.html').map((page) => `/${page.replace(/(?:index)?\.html$/, '')}`)
}
